/** What is known of models: src/models/table.json and how it is made (scripts/models.mjs). */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Facts = Record<string, unknown>;

interface Rule {
  models: string[];
  facts: Facts;
  source: string;
  date: string;
}

interface Table {
  rules: Rule[];
  models: Record<string, Facts>;
  sources: Record<string, string>;
}

interface Decisions {
  policies: Record<string, { why: string }>;
  models: Record<string, Record<string, { value: unknown; why: string }>>;
}

interface Taken {
  source: { package: string; version: string; licence: string; taken: string };
  models: Record<string, Facts>;
}

const root = join(__dirname, "..");
const TABLE = "src/models/table.json";
const FACTS = ["scripts/models/facts/langchain-aws.json", "scripts/models/facts/litellm.json"];

function read<T>(file: string, folder = root): T {
  return JSON.parse(readFileSync(join(folder, file), "utf8")) as T;
}

/** The id as the table has it: without the prefix of an inference profile. */
function baseIdOf(id: string): string {
  return id.replace(/^(us-gov|us|eu|apac|jp|au|ca|in|global)\./, "");
}

/** What the table says of a model by its id: the row of the model over the rules, the later over the earlier. */
function factsOf(id: string, { rules, models }: Table): Facts {
  const base = baseIdOf(id);
  const name = base.replace(/(-v\d+)?(:\d+k?)*$/, "");
  const matches = (glob: string): boolean => {
    const [start = "", ...rest] = glob.split("*");
    return rest.length === 0 ? name === glob : rest.join("") === "" && name.startsWith(start);
  };
  const fromRules = rules.filter((rule) => rule.models.some(matches)).map(({ facts }) => facts);
  return Object.assign({}, ...fromRules, models[base]) as Facts;
}

describe("the table", () => {
  const table = read<Table>(TABLE);
  const ids = FACTS.flatMap((file) => Object.keys(read<Taken>(file).models));

  test("names its sources, and each rule a source and the day on which it was read", () => {
    expect(table.sources["models"]).toMatch(/^langchain-aws \d+\.\d+\.\d+ \(data of models\.dev\), litellm \d+\.\d+\.\d+, taken \d{4}-\d{2}-\d{2}$/);
    for (const { models, source, date } of [...table.rules, ...read<Rule[]>("scripts/models/rules.json")]) {
      expect(models).not.toEqual([]);
      expect(source).not.toBe("");
      expect(date).toMatch(/^20\d{2}-\d{2}-\d{2}$/);
    }
  });

  test("gives every id of the sources a family, a row and, where a source has them, its limits", () => {
    expect(ids.length).toBeGreaterThan(400);
    for (const id of ids) {
      const facts = factsOf(id, table);
      expect({ id, family: facts["family"] }).toEqual({ id, family: expect.any(String) as unknown });
      expect(table.models[baseIdOf(id)]).toBeDefined();
      expect(facts["maxInputTokens"]).toEqual(expect.any(Number));
      expect(facts["maxOutputTokens"]).toEqual(expect.any(Number));
    }
  });

  test("repeats in no row what the rules say, and has no null", () => {
    const withoutRows = { ...table, models: {} };
    for (const [id, row] of Object.entries(table.models)) {
      const fromRules = factsOf(id, withoutRows);
      const repeated = Object.keys(row).filter((member) => !/^max(In|Out)putTokens$/.test(member) && JSON.stringify(row[member]) === JSON.stringify(fromRules[member]));
      expect({ id, repeated }).toEqual({ id, repeated: [] });
    }
    expect(readFileSync(join(root, TABLE), "utf8")).not.toContain("null");
  });

  test("contradicts itself for no model", () => {
    for (const id of new Set(ids.map(baseIdOf))) {
      const facts = factsOf(id, table);
      const told = Object.keys(facts);
      if (facts["reasoning"] !== undefined) expect({ id, told }).toEqual({ id, told: expect.arrayContaining(["thinking"]) as unknown });
      if (facts["reasoning"] === "claude-budget") expect({ id, told }).toEqual({ id, told: expect.arrayContaining(["minThinkingBudget"]) as unknown });
      if (facts["thinking"] === "always") expect(facts["reasoningEfforts"] ?? []).not.toContain("none");
      if (facts["thinking"] !== undefined) expect({ id, reasons: facts["reasoningOutput"] }).toEqual({ id, reasons: true });
      if (facts["toolCalling"] === false) expect({ id, choices: facts["toolChoice"] }).toEqual({ id, choices: [] });
      if (facts["promptCaching"] === true) {
        expect(told).toEqual(expect.arrayContaining(["cachePointsIn", "cacheTtls", "cacheMinimum", "maxCachePoints", "cachePointAfterDocument"]));
      }
      if (facts["strictTools"] === true) expect({ id, native: facts["structuredOutput"] }).toEqual({ id, native: true });
      if (facts["temperatureOrTopP"] === true) expect(facts["refusedSampling"] ?? []).not.toContain("temperature");
    }
  });

  test.each<[string, Facts]>([
    ["us.anthropic.claude-opus-5-5", { family: "claude", toolChoice: ["auto"], thinking: "always", structuredOutput: true, strictTools: false, prefill: false, maxInputTokens: 1_000_000 }],
    ["global.anthropic.claude-haiku-4-5-20251001-v1:0", { reasoning: "claude-budget", temperatureOrTopP: true, strictTools: true, cacheMinimum: 4096, countTokens: true, maxOutputTokens: 64_000 }],
    ["anthropic.claude-sonnet-4-6", { reasoning: "claude-adaptive", reasoningEfforts: ["low", "medium", "high", "max"], maxOutputTokens: 128_000 }],
    ["anthropic.claude-3-7-sonnet-20250219-v1:0", { prefill: true, toolChoiceWhileThinking: ["auto"], cacheTtls: ["5m"], structuredOutput: false }],
    ["anthropic.claude-fable-5", { toolChoice: ["auto", "any", "tool"], structuredOutput: false, refusedSampling: ["temperature", "topP", "topK"] }],
    ["anthropic.claude-v2:1", { toolCalling: false, toolChoice: [], promptCaching: false }],
    ["eu.amazon.nova-lite-v1:0:300k", { family: "nova", inlineReasoning: "thinking", cacheTtls: [], cachePointsIn: ["system", "messages"], videoInputs: true }],
    ["amazon.nova-2-lite-v1:0", { reasoning: "nova", reasoningReplay: "unsigned" }],
    ["openai.gpt-oss-120b-1:0", { family: "gpt-oss", reasoning: "reasoning_effort", refusedSampling: ["stopSequences"] }],
    ["global.openai.gpt-6-sol", { family: "gpt", reasoning: "reasoning.effort", maxInputTokens: 922_000 }],
    ["us.meta.llama4-maverick-17b-instruct-v1:0", { family: "llama", imageInputs: true, besideToolResult: [], toolChoice: ["auto"], prefill: false }],
    ["mistral.mistral-7b-instruct-v0:2", { family: "mistral", systemPrompt: false, toolCalling: false }],
    ["us.deepseek.r1-v1:0", { family: "deepseek", toolCalling: false, reasoningReplay: "none" }],
    ["qwen.qwen3-32b-v1:0", { family: "qwen", reasoning: "reasoning_config", leadingAssistant: true }],
    ["us.writer.palmyra-x5-v1:0", { family: "palmyra", toolResultStatus: false, maxInputTokens: 1_040_000 }],
    // A model that came after the table has what its family has.
    ["us.anthropic.claude-opus-5-7", { family: "claude", reasoning: "claude-adaptive", citations: true }],
  ])("knows %s", (id, expected) => {
    expect(factsOf(id, table)).toMatchObject(expected);
  });

  test("says nothing of a model that no rule names", () => {
    expect(factsOf("acme.thinker-1-v1:0", table)).toEqual({});
  });
});

describe("the generator", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "models-table-"));
    mkdirSync(join(folder, "src/models"), { recursive: true });
    for (const path of ["scripts/models.mjs", "scripts/models", TABLE]) cpSync(join(root, path), join(folder, path), { recursive: true });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function generate(...options: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [join(folder, "scripts/models.mjs"), ...options], { encoding: "utf8" });
  }

  function change<T>(file: string, edit: (content: T) => void): void {
    const content = read<T>(file, folder);
    edit(content);
    writeFileSync(join(folder, file), JSON.stringify(content));
  }

  test("finds the table up to date, and prints how it settled each conflict", () => {
    expect(generate("--check")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const before = readFileSync(join(folder, TABLE), "utf8");
    const { status, stdout } = generate();
    expect(status).toBe(0);
    expect(stdout).toContain("openai.gpt-6-sol: maxInputTokens 922000 (policy maxInputTokens: smallest; langchain-aws 1050000, litellm 922000)");
    expect(readFileSync(join(folder, TABLE), "utf8")).toBe(before);
  });

  test("fails when a fact has changed, until the table is written again", () => {
    change<Taken>("scripts/models/facts/litellm.json", ({ models }) => {
      models["anthropic.claude-sonnet-5"] = { ...models["anthropic.claude-sonnet-5"], max_input_tokens: 500_000 };
    });
    const { status, stderr } = generate("--check");
    expect(status).toBe(1);
    expect(stderr).toBe("src/models/table.json is not up to date. Run: node scripts/models.mjs\n");
    expect(generate().status).toBe(0);
    expect(generate("--check").status).toBe(0);
    expect(factsOf("anthropic.claude-sonnet-5", read<Table>(TABLE, folder))["maxInputTokens"]).toBe(500_000);
  });

  test("fails when a new fact is in conflict and nothing settles it", () => {
    change<Taken>("scripts/models/facts/litellm.json", ({ models }) => {
      models["anthropic.claude-sonnet-5"] = { ...models["anthropic.claude-sonnet-5"], supports_assistant_prefill: true };
    });
    expect(generate("--check")).toMatchObject({ status: 1, stderr: "anthropic.claude-sonnet-5: prefill is not settled: rules false, litellm true\n" });
  });

  test("fails when a source knows a refusal of which the rules say nothing", () => {
    change<Taken>("scripts/models/facts/litellm.json", ({ models }) => {
      models["moonshotai.kimi-k2.5"] = { ...models["moonshotai.kimi-k2.5"], supports_sampling_params: false };
      models["minimax.minimax-m3"] = { supports_sampling_params: false };
    });
    expect(generate("--check").stderr.split("\n")).toEqual([
      "minimax.minimax-m3: a rule must say that takesTemperature is false",
      "moonshotai.kimi-k2.5: takesTemperature is not settled: langchain-aws true, litellm false",
      "",
    ]);
  });

  test("fails when a decision has no reason, or settles nothing any more", () => {
    change<Decisions>("scripts/models/decisions.json", ({ models }) => {
      models["zai.glm-5"] = { family: { value: "glm", why: "" } };
    });
    const stderr = "decisions.json: zai.glm-5 family has no why\ndecisions.json: models zai.glm-5 family settles nothing\n";
    expect(generate("--check")).toMatchObject({ status: 1, stderr });
  });

  test("fails for a model without a family, and for a rule without source or date, or with a misspelt member or value", () => {
    change<Taken>("scripts/models/facts/langchain-aws.json", ({ models }) => {
      models["acme.thinker-1-v1:0"] = { max_input_tokens: 1000 };
    });
    change<Partial<Rule>[]>("scripts/models/rules.json", (rules) => {
      rules.push({ models: ["acme.painter*"], facts: { toolchoice: [], thinking: "never" }, date: "yesterday" });
    });
    const last = read<Rule[]>("scripts/models/rules.json", folder).length - 1;
    const { status, stderr } = generate("--check");
    expect(status).toBe(1);
    expect(stderr.split("\n")).toEqual([
      `rules.json[${last}] (acme.painter*) has no source`,
      `rules.json[${last}] (acme.painter*) has no date`,
      `rules.json[${last}] (acme.painter*): toolchoice is no member of the table`,
      `rules.json[${last}] (acme.painter*): thinking cannot be "never"`,
      "acme.thinker-1-v1:0: no rule gives it a family",
      "",
    ]);
  });
});
