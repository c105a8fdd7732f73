/** Writes `.github/package-lock.json`, from which a release installs what makes `dist`. Run it when package.json has changed. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run } from "./build.mjs";

// In an empty folder: beside installed packages npm writes no hashes.
const folder = mkdtempSync(join(tmpdir(), "lock-"));
copyFileSync(join(root, "package.json"), join(folder, "package.json"));
run("npm", ["install", "--prefix", folder, "--package-lock=true", "--package-lock-only", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund", "--loglevel", "error"]);
copyFileSync(join(folder, "package-lock.json"), join(root, ".github", "package-lock.json"));
rmSync(folder, { recursive: true });
