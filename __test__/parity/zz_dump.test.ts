import { writeFileSync } from "node:fs";
import { startBedrock } from "langchain-aws-native/testing";
import { withoutAdditions } from "./additions.js";
import { runOurs, runPeer, WAYS } from "./outcome.js";
import { SUBJECTS } from "./table.js";
test("dump", async () => {
  const bedrock = await startBedrock();
  const lines: string[] = [];
  for (const { subject, cases } of SUBJECTS)
    for (const c of cases) {
      const t = withoutAdditions(await runPeer(bedrock, c), () => undefined) as never as Record<string, any>;
      const o = withoutAdditions(await runOurs(bedrock, c), () => undefined) as never as Record<string, any>;
      const diffs: string[] = [];
      const S = JSON.stringify;
      const eq = (a: unknown, b: unknown) => {
        try {
          expect(a).toEqual(b);
          return true;
        } catch {
          return false;
        }
      };
      if (t.request !== o.request) diffs.push(`  REQ peer ${t.request}\n      ours ${o.request}`);
      const sent = (t.request === undefined) === (o.request === undefined);
      for (const [way, aspect] of Object.entries(WAYS)) {
        if (!eq(o.errors[way], t.errors[way])) diffs.push(`  ERR ${way} peer ${S(t.errors[way])}\n      ours ${S(o.errors[way])}`);
        if (!sent) continue;
        const [a, b] = [t[aspect], o[aspect]];
        if (a === undefined || b === undefined) {
          if (b && !eq(a, b)) diffs.push(`  ${aspect} peer none; ours ${S(aspect === "chunks" ? b.folded : aspect === "events" ? b.message : b)}`);
          continue;
        }
        if (eq(a, b)) continue;
        const pairs =
          aspect === "message" ? [["message", a, b]] : aspect === "chunks" ? [["folded", a.folded, b.folded]] : [["evmsg", a.message, b.message]];
        let any = false;
        for (const [n, x, y] of pairs)
          for (const k of new Set([...Object.keys(x), ...Object.keys(y)]))
            if (!eq(x[k], y[k])) {
              any = true;
              diffs.push(`  ${n}.${k} peer ${S(x[k])}\n      ours ${S(y[k])}`);
            }
        if (!any) {
          const [x, y] = aspect === "chunks" ? [a.pieces, b.pieces] : [a.events, b.events];
          for (let i = 0; i < Math.max(x.length, y.length); i++)
            if (!eq(x[i], y[i])) diffs.push(`  ${aspect}[${i}] peer ${S(x[i])}\n      ours ${S(y[i])}`);
        }
      }
      if (sent && t.callbacks && o.callbacks && !eq(t.callbacks, o.callbacks))
        diffs.push(`  callbacks peer ${S(t.callbacks)}\n      ours ${S(o.callbacks)}`);
      if (diffs.length) lines.push(`## ${subject}: ${c.name}`, ...diffs);
    }
  writeFileSync("/tmp/diffs.txt", lines.join("\n"));
  await bedrock.close();
}, 60000);
