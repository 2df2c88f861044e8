// Some npm packages carry Go files. A go.mod inside node_modules keeps
// `go list ./...` at the repository's root from walking into them.
import { existsSync, writeFileSync } from 'node:fs';

const folder = new URL('../node_modules/', import.meta.url);
if (existsSync(folder)) writeFileSync(new URL('go.mod', folder), 'module node_modules\n');
