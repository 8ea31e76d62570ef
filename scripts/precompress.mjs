// Writes a brotli and a gzip neighbour beside every text and WebAssembly file of a folder, so that
// the server never compresses at run time. Usage: node precompress.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const compressible = /\.(wasm|js|mjs|css|svg|html|txt|json|webmanifest|xml)$/;
const folder = process.argv[2];

for (const name of readdirSync(folder, { recursive: true })) {
    if (!compressible.test(name)) continue;
    const content = readFileSync(join(folder, name));
    const brotli = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content, { params: brotli }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
}
