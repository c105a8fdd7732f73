import { buildSync } from "esbuild";

const js = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
buildSync({
  entryPoints: ["app.mjs"],
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  loader: { ".node": "copy" },
  outdir: "out",
  outExtension: { ".js": ".mjs" },
  banner: { js },
});
