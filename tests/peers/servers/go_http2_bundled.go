//go:build !xnet

package main

import "net/http"

// The HTTP/2 implementation that net/http carries in itself.
func useHTTP2(*http.Server) {}
