//go:build !unix

package testkit

import "errors"

// startCluster needs unix sockets and credentials.
func startCluster() (*cluster, error) {
	return nil, errors.New("set PROSA_TEST_POSTGRES to test on PostgreSQL here")
}
