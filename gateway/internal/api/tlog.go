package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// tlogPath is where the federation listener shows the transparency log and
// cosigns those of others: tlog-tiles and tlog-witness, which foreign tools speak.
const tlogPath = "/tlog/"

// maxTile bounds what is read of another log: a bundle of 256 entries, a tile, a
// checkpoint with its cosignatures, a proof.
const maxTile = 64 << 10

// PeerOf is the proven participant on whose behalf a handler of the federation
// listener works; "" elsewhere.
func PeerOf(ctx context.Context) string {
	peer, _ := ctx.Value(peerKey{}).(string)
	return peer
}

// routeLog knows how logs are asked: GET without a body, and what POSTs.
func routeLog(r *http.Request) error {
	switch {
	case r.URL.RawQuery != "" || isGRPC(r):
		return problem.New(problem.CodeNotFound, "path")
	case r.Method == http.MethodGet && (r.ContentLength == 0 || r.ProtoMajor >= 2):
		return nil
	case r.Method == http.MethodPost && slices.Contains([]string{"add-checkpoint", "witnessed", "inclusion", "reconcile"}, strings.TrimPrefix(r.URL.Path, tlogPath)):
		return nil
	}
	return problem.Mismatch(problem.CodeMethod, "method", http.MethodGet, "another")
}

// Fetch asks a participant's log or witness: path is below /tlog/, a body makes it
// a POST. It returns whatever status the peer gave, and at most 64 KiB of reply.
// Errors are problem.CodeUnreachable, problem.CodeInvalidReply, CodeTimedOut and CodeCanceled.
func (p *Peer) Fetch(ctx context.Context, to trust.Participant, path string, body []byte) (status int, reply []byte, err error) {
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	req, err := request(ctx, to, method, tlogPath+strings.TrimPrefix(path, "/"), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	resp, err := p.roundTrip(ctx, to, req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	reply, err = io.ReadAll(io.LimitReader(resp.Body, maxTile+1))
	switch {
	case err != nil:
		return 0, nil, sendError(ctx, to.ID, err)
	case len(reply) > maxTile:
		return 0, nil, problem.New(problem.CodeInvalidReply, to.ID+": the reply is too large")
	}
	return resp.StatusCode, reply, nil
}
