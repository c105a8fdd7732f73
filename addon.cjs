/**
 * Loads the addon, reached as `#native`; or, where there is none, says in one paragraph why and what to run. CommonJS and not compiled, so that
 * bundlers follow the same `require`s as Node.js.
 */
"use strict";

/**
 * The platforms of `napi.targets` in package.json, in the words of npm. Each has its addon beside this file, in a checkout and in a bundle, or in a
 * package of its own. Bundlers follow a `require` of what is not there only where it stands in a `try`.
 */
const PLATFORMS = {
  "linux-x64-gnu"(failures) {
    try { return require("./langchain-aws-native.linux-x64-gnu.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-linux-x64-gnu"); } catch (error) { failures.push(error); }
  },
  "linux-x64-musl"(failures) {
    try { return require("./langchain-aws-native.linux-x64-musl.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-linux-x64-musl"); } catch (error) { failures.push(error); }
  },
  "linux-arm64-gnu"(failures) {
    try { return require("./langchain-aws-native.linux-arm64-gnu.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-linux-arm64-gnu"); } catch (error) { failures.push(error); }
  },
  "linux-arm64-musl"(failures) {
    try { return require("./langchain-aws-native.linux-arm64-musl.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-linux-arm64-musl"); } catch (error) { failures.push(error); }
  },
  "darwin-x64"(failures) {
    try { return require("./langchain-aws-native.darwin-x64.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-darwin-x64"); } catch (error) { failures.push(error); }
  },
  "darwin-arm64"(failures) {
    try { return require("./langchain-aws-native.darwin-arm64.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-darwin-arm64"); } catch (error) { failures.push(error); }
  },
  "win32-x64-msvc"(failures) {
    try { return require("./langchain-aws-native.win32-x64-msvc.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-win32-x64-msvc"); } catch (error) { failures.push(error); }
  },
  "win32-arm64-msvc"(failures) {
    try { return require("./langchain-aws-native.win32-arm64-msvc.node"); } catch (error) { failures.push(error); }
    try { return require("langchain-aws-native-win32-arm64-msvc"); } catch (error) { failures.push(error); }
  },
};

const FROM_SOURCE =
  "To build it from source, run `npm run build` in a checkout of langchain-aws-native (it needs Rust and a C compiler) and set NAPI_RS_NATIVE_LIBRARY_PATH to the .node file that this makes.";

/** Called when the first model is made: an import alone costs no more than its own code. */
module.exports = function load() {
  const { NAPI_RS_NATIVE_LIBRARY_PATH: path } = process.env;
  const failures = [];
  const addon = path ? loadFrom(path, failures) : loadFitting(failures);
  if (addon === undefined) throw explain(path, failures);
  return addon;
};

function loadFrom(path, failures) {
  try { return require(path); } catch (error) { failures.push(error); }
}

/** On Linux npm installs what fits the C library. To ask which one that is takes longer than to try. */
function loadFitting(failures) {
  const { platform, arch } = process;
  for (const name in PLATFORMS) {
    const addon = name.startsWith(`${platform}-${arch}`) ? PLATFORMS[name](failures) : undefined;
    if (addon !== undefined) return addon;
  }
}

/** @param {Error[]} failures what came of each place */
function explain(path, failures) {
  const failure = Object.assign(new Error(sentences(path, platformName(), failures)), { code: "ERR_NATIVE_ADDON" });
  // Where it was thrown helps nobody, and hides the sentences.
  failure.stack = `${failure.name}: ${failure.message}`;
  return failure;
}

function sentences(path, platform, failures) {
  if (path) return `langchain-aws-native cannot load ${path}, which NAPI_RS_NATIVE_LIBRARY_PATH names: ${reason(failures[0])}`;
  const broken = failures.find(({ code }) => code !== "MODULE_NOT_FOUND");
  if (broken) return `langchain-aws-native has found its addon for ${platform}, but cannot load it: ${reason(broken)} ${advice(broken)}`;
  if (!Object.hasOwn(PLATFORMS, platform)) {
    return `langchain-aws-native has no prebuilt addon for ${platform}; there are addons for ${Object.keys(PLATFORMS).join(", ")}. ${FROM_SOURCE}`;
  }
  const { version } = require("./package.json");
  const name = `langchain-aws-native-${platform}`;
  return (
    `langchain-aws-native cannot find its addon: the package ${name} is not installed. It is an optional dependency, which npm leaves out with ` +
    "--omit=optional or --no-optional, when node_modules or package-lock.json comes from another platform, and by a bug of its own " +
    `(https://github.com/npm/cli/issues/4828). Run: npm install --save-optional ${name}@${version}. ` +
    "If a bundler made this file, leave the package out of the bundle (langchain-aws-native, or @langchain/aws where it has that name) or copy the addon " +
    `beside it, as docs/install.md says. ${FROM_SOURCE}`
  );
}

function advice({ message }) {
  if (/GLIBC_/.test(message)) return `The C library here is too old (glibc 2.28 is needed): use a newer system or image. ${FROM_SOURCE}`;
  return `The file may be damaged or made for another system: remove node_modules and run npm install. ${FROM_SOURCE}`;
}

/** An error's first line as a sentence. */
function reason({ message }) {
  const [line] = String(message).split("\n");
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function platformName() {
  const { platform, arch } = process;
  if (platform === "win32") return `${platform}-${arch}-msvc`;
  return platform === "linux" ? `${platform}-${arch}-${usesGlibc() ? "gnu" : "musl"}` : `${platform}-${arch}`;
}

function usesGlibc() {
  process.report.excludeNetwork = true;
  return Boolean(process.report.getReport().header.glibcVersionRuntime);
}
