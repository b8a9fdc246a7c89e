//go:build xnet

package main

import (
	"fmt"
	"net/http"
	"os"

	"golang.org/x/net/http2"
)

// The HTTP/2 implementation of golang.org/x/net, in the version that go.mod names; net/http carries a copy of it.
func useHTTP2(server *http.Server) {
	if err := http2.ConfigureServer(server, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
