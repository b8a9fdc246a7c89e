// Go's net/http server over TLS, which speaks HTTP/2: it serves files, and Shutdown() is called at SIGTERM. Rows go to standard
// output.
//
//	go_server DOCUMENT_ROOT [TIMEOUT]    Shutdown() is given that long, e.g. "10s"; without it, for ever
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func say(event string, details map[string]any) {
	row := map[string]any{"t": float64(time.Now().UnixNano()) / 1e6, "ev": event}
	for name, value := range details {
		row[name] = value
	}
	line, _ := json.Marshal(row)
	fmt.Println(string(line))
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// A certificate for this run alone; the clients accept any.
func ownCertificate() tls.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Reads the request's body to its end, then answers.
func waitBody(response http.ResponseWriter, request *http.Request) {
	if _, err := io.Copy(io.Discard, request.Body); err != nil {
		say("handler body read: "+err.Error(), nil)
	}
	fmt.Fprint(response, "got-all")
}

func main() {
	handlers := http.NewServeMux()
	handlers.Handle("/", http.FileServer(http.Dir(os.Args[1])))
	handlers.HandleFunc("/waitbody", waitBody)
	server := &http.Server{Handler: handlers, TLSConfig: &tls.Config{Certificates: []tls.Certificate{ownCertificate()}}}
	useHTTP2(server)

	shutDown := context.Background()
	begin := func() (context.Context, context.CancelFunc) { return context.WithCancel(shutDown) }
	if len(os.Args) > 2 {
		timeout := must(time.ParseDuration(os.Args[2]))
		begin = func() (context.Context, context.CancelFunc) { return context.WithTimeout(shutDown, timeout) }
	}
	done := make(chan struct{})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		say("SIGTERM received; Shutdown() called", nil)
		limit, cancel := begin()
		defer cancel()
		say(fmt.Sprintf("Shutdown() returned %v", server.Shutdown(limit)), nil)
		close(done)
	}()

	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	say("listening", map[string]any{"port": listener.Addr().(*net.TCPAddr).Port})
	say(fmt.Sprintf("Serve returned %v", server.ServeTLS(listener, "", "")), nil)
	<-done
}
