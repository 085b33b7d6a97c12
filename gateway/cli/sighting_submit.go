package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/exchange"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// submit sends reports once their duplicates were shown. A program gets them in the
// one document.
func (a *app) submit(ctx context.Context, x *exchange.Exchange, r *homewardv1.SubmitSightingsRequest, names []string, yes bool) error {
	if a.output != "table" {
		resp, err := x.SubmitSightings(ctx, r)
		if err != nil {
			return err
		}
		return a.reported(resp, resp.GetSightings(), nil)
	}
	check := proto.CloneOf(r)
	check.DryRun = true
	found, err := x.SubmitSightings(ctx, check)
	if err != nil {
		return err
	}
	p := a.printerTo(a.out)
	p.duplicateSightings(found, names)
	n := len(names) - len(found.GetDuplicates())
	switch {
	case r.GetDryRun():
		p.line(strconv.Itoa(len(names)) + " well formed, " + strconv.Itoa(len(found.GetDuplicates())) + " of them duplicates; nothing was submitted")
		p.line("складено правильно: " + strconv.Itoa(len(names)) + ", з них повторних: " + strconv.Itoa(len(found.GetDuplicates())) + "; нічого не надіслано")
		return p.failed
	case n > 0 && n < len(names) && !r.GetAgain() && !yes && terminal(a.in) && terminal(a.out):
		if !agreed(p, a.in, n) {
			p.line("nothing was submitted / нічого не надіслано")
			return p.failed
		}
	}
	resp, err := x.SubmitSightings(ctx, r)
	if err != nil {
		return err
	}
	for _, s := range resp.GetSightings() {
		p.submittedSighting(s)
	}
	if n := len(resp.GetSightings()); n > 0 {
		p.line(strconv.Itoa(n) + " in the outbox, sent until they are there: homeward sighting status")
		p.line("чекають на відправлення: " + strconv.Itoa(n) + "; їх надсилають, доки не дійдуть")
	} else {
		p.line("nothing new to send: what was submitted before is sent until it is there, see homeward sighting status")
		p.line("нового немає: надіслане раніше надсилають, доки не дійде")
	}
	return p.failed
}

func (p *printer) duplicateSightings(resp *homewardv1.SubmitSightingsResponse, names []string) {
	for _, d := range resp.GetDuplicates() {
		same := "submitted before as " + d.GetId() + " / уже надіслано"
		if d.GetId() == "" {
			same = "the same as " + printable(names[d.GetSameAs()]) + " / те саме"
		}
		p.line(p.paint(yellow, "duplicate") + "  " + printable(names[d.GetIndex()]) + ": " + same)
	}
}

// terminal says whether a person sits there.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// agreed asks a person whether to send what is no duplicate. Anything but a yes is a no.
func agreed(p *printer, in io.Reader, n int) bool {
	p.line("Submit the other " + strconv.Itoa(n) + "? yes/no  /  Надіслати решту? так/ні")
	answer, _ := bufio.NewReader(io.LimitReader(in, 100)).ReadString('\n') // an end is a no
	return slices.Contains([]string{"y", "yes", "т", "так"}, strings.ToLower(strings.TrimSpace(answer)))
}
