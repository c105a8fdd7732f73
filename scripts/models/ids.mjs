/** Model ids of Bedrock: `us.anthropic.claude-sonnet-4-5-20250929-v1:0` has the id `anthropic.…-v1:0` and the name `anthropic.claude-sonnet-4-5-20250929`. */

const GEO_PREFIX = /^(?:us-gov|us|eu|apac|jp|au|ca|in|global)\.(?=.*\.)/;
const VERSION = /(?:-v\d+)?(?::[a-z0-9]+)*$/;

/** The prefix of a cross-region inference profile, `""` where there is none. */
export function geoPrefixOf(id) {
  return GEO_PREFIX.exec(id)?.[0] ?? "";
}

/** The id without the prefix of a cross-region inference profile. */
export function baseIdOf(id) {
  return id.toLowerCase().replace(GEO_PREFIX, "");
}

/** What the globs of rules and decisions are matched against: the base id without its version. A date stays. */
export function baseNameOf(id) {
  return baseIdOf(id).replace(VERSION, "");
}

/** Without `*` the glob must be equal, `*` stands for any text. */
export function matchesGlob(name, glob) {
  const pattern = glob.split("*").map((text) => text.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}
