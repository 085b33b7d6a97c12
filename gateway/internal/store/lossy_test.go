package store_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// lossyProxy stands before a server and can drop a connection after the server
// has answered and before the client hears it.
type lossyProxy struct {
	addr string

	mu    sync.Mutex
	armed bool
	drops int
}

func newLossyProxy(t *testing.T, server string) *lossyProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &lossyProxy{addr: l.Addr().String()}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(client, server)
		}
	}()
	return p
}

func (p *lossyProxy) loseNext() { p.mu.Lock(); defer p.mu.Unlock(); p.armed, p.drops = true, 0 }
func (p *lossyProxy) lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.drops > 0
}

// take says whether this reply is the one to lose: the answer to a script.
func (p *lossyProxy) take(reply []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.armed || reply[0] != '*' {
		return false
	}
	p.armed = false
	p.drops++
	return true
}

func (p *lossyProxy) serve(client net.Conn, addr string) {
	defer client.Close()
	server, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer server.Close()
	go io.Copy(server, client)
	reply := make([]byte, 1<<16)
	for {
		n, err := server.Read(reply)
		if err != nil || p.take(reply[:n]) {
			return
		}
		if _, err := client.Write(reply[:n]); err != nil {
			return
		}
	}
}
