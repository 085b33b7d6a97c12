package demo

import (
	"fmt"
	"net"
)

// freePorts holds n loopback addresses from port on, or wherever the system has
// some where one of those is taken, or port is zero.
func (f *Federation) freePorts(port, n int) ([]string, error) {
	var addrs []string
	for i := range n {
		wanted := 0
		if port != 0 {
			wanted = port + i
		}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", wanted))
		if err != nil {
			l, err = net.Listen("tcp", "127.0.0.1:0")
		}
		if err != nil {
			return nil, err
		}
		f.held[l.Addr().String()] = l
		addrs = append(addrs, l.Addr().String())
	}
	return addrs, nil
}

// Listen is the Listen of gateway.Deps: it hands over a listener that Setup
// opened, and opens one anew for a gateway that is started again.
func (f *Federation) Listen(addr string) (net.Listener, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l, ok := f.held[addr]; ok {
		delete(f.held, addr)
		return l, nil
	}
	return net.Listen("tcp", addr)
}

// Release closes the listeners of those participants that are down, whose
// addresses then refuse connections: all that no gateway took.
func (f *Federation) Release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for addr, l := range f.held {
		_ = l.Close()
		delete(f.held, addr)
	}
}
