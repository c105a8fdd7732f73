/**
 * Loads AWS's clients for JavaScript, reached as `#aws-client`. CommonJS and not compiled, so that bundlers and test runners follow the same `require`s
 * as Node.js, and the application and this package have one copy of each.
 */
"use strict";

/** The packages, which are optional peer dependencies. Bundlers follow a `require` of a text, and let it be missing where it stands in a `try`. */
const PACKAGES = {
  "@aws-sdk/client-bedrock-runtime": {
    load: () => { try { return require("@aws-sdk/client-bedrock-runtime"); } catch (error) { return explain(error); } },
    resolve: () => { try { return require.resolve("@aws-sdk/client-bedrock-runtime"); } catch { return ""; } },
  },
  "@aws-sdk/client-bedrock-agent-runtime": {
    load: () => { try { return require("@aws-sdk/client-bedrock-agent-runtime"); } catch (error) { return explain(error); } },
    resolve: () => { try { return require.resolve("@aws-sdk/client-bedrock-agent-runtime"); } catch { return ""; } },
  },
  "@aws-sdk/client-kendra": {
    load: () => { try { return require("@aws-sdk/client-kendra"); } catch (error) { return explain(error); } },
    resolve: () => { try { return require.resolve("@aws-sdk/client-kendra"); } catch { return ""; } },
  },
};

/** The module of a package. Where it is missing, the error says what to install. */
exports.load = (name) => PACKAGES[name].load();

function explain(error) {
  const [name] = Object.keys(PACKAGES).filter((it) => String(error?.message).includes(`'${it}'`));
  if (error?.code !== "MODULE_NOT_FOUND" || name === undefined) throw error;
  const sentence =
    "langchain-aws-native sends by AWS's JavaScript client where a client of yours, or an option that only that client has, asks for it, " +
    `but the package ${name} is not installed. Run: npm install ${name}`;
  throw Object.assign(new Error(sentence, { cause: error }), { code: error.code });
}

/** The paths of the packages that were looked for; empty for one that is not installed. */
const paths = {};

/**
 * The module of a package if something has loaded it already; loads nothing. Except in Jest: what `jest.mock` has put in a module's place is seen only
 * by loading it.
 */
exports.findLoaded = function findLoaded(name) {
  const path = (paths[name] ??= PACKAGES[name].resolve());
  if (path === "") return undefined;
  return typeof jest === "undefined" ? require.cache?.[path]?.exports : PACKAGES[name].load();
};
