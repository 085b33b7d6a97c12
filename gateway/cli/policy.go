package cli

import "github.com/spf13/cobra"

// policyCommand is the group for those who write, build and try policies; each
// subcommand is one file, policy_*.go.
func (a *app) policyCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "policy", Short: "Build, check and explain the policy",
		Long: "policy is for those who write the rules: see policies/README.md.",
	}
	c.AddCommand(
		a.policyBuildCommand(), a.policyCheckCommand(), a.policyTestCommand(), a.policyExplainCommand(),
		a.policyDiffCommand(), a.policyImpactCommand(), a.policySignCommand(),
	)
	return c
}
