// Package webapp embeds the built web app. Without a build the folder holds
// only a note and internal/web serves a page that says what to do.
package webapp

import "embed"

// Dist is the folder dist, made by `npm run build`.
//
//go:embed all:dist
var Dist embed.FS
