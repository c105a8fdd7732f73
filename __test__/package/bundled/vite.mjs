import { build } from "vite";

await build({ logLevel: "warn", build: { ssr: "app.mjs", outDir: "out", target: "node20" } });
