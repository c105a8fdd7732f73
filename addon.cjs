/**
 * The addon, reached as `#native`; or, where there is none, one paragraph that says why and what to run. CommonJS and not compiled, so that
 * bundlers follow the same `require`s as Node.js.
 */
"use strict";

/** The platforms of `napi.targets` in package.json, in the words of npm. */
const PLATFORMS = [
  "linux-x64-gnu",
  "linux-x64-musl",
  "linux-arm64-gnu",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64-msvc",
  "win32-arm64-msvc",
];

const FROM_SOURCE =
  "To build it from source, run `npm run build` in a checkout of langchain-aws-native (it needs Rust and a C compiler) and set NAPI_RS_NATIVE_LIBRARY_PATH to the .node file that this makes.";

try {
  module.exports = require("./native.cjs");
} catch (error) {
  throw explain(error);
}

/** @param {unknown} error what the generated loader threw: its causes tell of each place it looked in */
function explain(error) {
  const failure = Object.assign(new Error(sentences(reasons(error))), { code: "ERR_NATIVE_ADDON" });
  // Where it was thrown helps nobody, and the causes, a dozen of them, hide the sentences.
  failure.stack = `${failure.name}: ${failure.message}`;
  return failure;
}

function sentences(reasons) {
  const platform = platformName();
  const { NAPI_RS_NATIVE_LIBRARY_PATH: path } = process.env;
  if (path) return `langchain-aws-native cannot load ${path}, which NAPI_RS_NATIVE_LIBRARY_PATH names: ${reasons.at(-1)}`;
  const broken = reasons.find((reason) => !/^(Cannot find|Unsupported) /.test(reason));
  if (broken) return `langchain-aws-native has found its addon for ${platform}, but cannot load it: ${broken} ${advice(broken)}`;
  if (!PLATFORMS.includes(platform)) {
    return `langchain-aws-native has no prebuilt addon for ${platform}; there are addons for ${PLATFORMS.join(", ")}. ${FROM_SOURCE}`;
  }
  const { version } = require("./package.json");
  const name = `langchain-aws-native-${platform}`;
  return (
    `langchain-aws-native cannot find its addon: the package ${name} is not installed. It is an optional dependency, which npm leaves out with ` +
    "--omit=optional or --no-optional, when node_modules or package-lock.json comes from another platform, and by a bug of its own " +
    `(https://github.com/npm/cli/issues/4828). Run: npm install --save-optional ${name}@${version}. ` +
    `If a bundler made this file, name langchain-aws-native as external or copy the addon beside it. ${FROM_SOURCE}`
  );
}

function advice(reason) {
  if (/GLIBC_/.test(reason)) return `The C library here is too old (glibc 2.28 is needed): use a newer system or image. ${FROM_SOURCE}`;
  return `The file may be damaged or made for another system: remove node_modules and run npm install. ${FROM_SOURCE}`;
}

/** Why each place that the loader looked in gave nothing, last place first: the first lines of the error and its causes, as sentences. */
function reasons(error) {
  const found = [];
  for (let cause = error; cause; cause = cause.cause) {
    const [line] = String(cause.message).split("\n");
    found.push(/[.!?]$/.test(line) ? line : `${line}.`);
  }
  return found;
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
