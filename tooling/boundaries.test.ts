import { assert, describe, it } from "@effect/vitest"
import { check, cycles, roomCycles } from "./boundaries/check.ts"
import { maximumLinesOfCode } from "./boundaries/rooms.ts"
import { parse } from "./boundaries/SourceFile.ts"

const header = "/** Why this file exists. */\n"
const messages = (files: Readonly<Record<string, string>>) =>
  check(Object.entries(files).map(([path, text]) => parse(path, text)))
    .map(({ line, message, path }) => `${path}:${line}: ${message}`)

const accepts = (path: string, text: string) => assert.deepStrictEqual(messages({ [path]: header + text }), [])
const refuses = (path: string, text: string, ...words: ReadonlyArray<string>) => {
  const found = messages({ [path]: header + text })
  assert.strictEqual(found.length, words.length, found.join("\n"))
  words.forEach((word, i) => assert.include(found[i] ?? "", word))
}
const core = "packages/core/src/"

describe("boundaries refuse", () => {
  for (
    const [path, text, word] of [
      [`${core}Nsvc.ts`, `import * as Effect from "effect/Effect"`, "imports effect/Effect"],
      [`${core}Nsvc.ts`, `import type * as Effect from "effect/Effect"`, "imports effect/Effect"],
      [`${core}Nsvc.ts`, `import { readFileSync } from "node:fs"`, "imports node:fs"],
      [`${core}Nsvc.ts`, `const fs = await import("node:fs")`, "imports node:fs"],
      [`${core}Nsvc.ts`, `export { x } from "node:fs"`, "imports node:fs"],
      [`${core}Nsvc.ts`, `import * as YAML from "yaml"`, "imports yaml"],
      [`${core}Nsvc.ts`, `import * as Port from "./ports/BuildSystem.ts"`, "imports ./ports/BuildSystem.ts"],
      [
        `${core}buildorder/BuildOrder.ts`,
        `import * as Engine from "../engine/Engine.ts"`,
        "imports ../engine/Engine.ts"
      ],
      [`${core}buildorder/BuildOrder.ts`, `import { Nsvc } from "../index.ts"`, "imports ../index.ts"],
      [`${core}buildorder/BuildOrder.ts`, `export const at = Date.now()`, "uses Date.now"],
      [`${core}buildorder/BuildOrder.ts`, `export const at = new Date()`, "uses new Date()"],
      [`${core}buildorder/BuildOrder.ts`, `export const at = Math.random()`, "uses Math.random"],
      [`${core}buildorder/BuildOrder.ts`, `export const at = process.env["X"]`, "uses process.env"],
      [`${core}buildorder/BuildOrder.ts`, `setTimeout(() => {}, 1)`, "uses setTimeout"],
      [`${core}modulemd/Modulemd.ts`, `import * as YAML from "js-yaml"`, "imports js-yaml"],
      [`${core}modulemd/Modulemd.ts`, `import * as Engine from "../engine/Engine.ts"`, "imports ../engine/Engine.ts"],
      [`${core}ports/BuildSystem.ts`, `import * as E from "../engine/Engine.ts"`, "imports ../engine/Engine.ts"],
      [`${core}ports/BuildSystem.ts`, `import * as T from "../testing/Memory.ts"`, "imports ../testing/Memory.ts"],
      [`${core}engine/Engine.ts`, `import * as Sql from "effect/sql/SqlClient"`, "imports effect/sql/SqlClient"],
      [`${core}engine/Engine.ts`, `import * as Http from "effect/http"`, "imports effect/http"],
      [
        `${core}engine/Engine.ts`,
        `import * as K from "@orch/adapters-koji/KojiHub"`,
        "imports @orch/adapters-koji/KojiHub"
      ],
      ["packages/api/src/Rida.ts", `import * as E from "@orch/core/engine/Engine"`, "imports @orch/core/engine/Engine"],
      ["packages/api/src/Rida.ts", `import * as F from "node:fs"`, "imports node:fs"],
      [
        "packages/adapters-koji/src/Hub.ts",
        `import * as E from "@orch/core/engine/Engine"`,
        "@orch/core/engine/Engine"
      ],
      ["packages/adapters-koji/src/Hub.ts", `import { Engine } from "@orch/core"`, "imports @orch/core"],
      [
        "packages/adapters-koji/src/Hub.ts",
        `import * as P from "@orch/adapters-pulp/Pulp"`,
        "@orch/adapters-pulp/Pulp"
      ],
      ["packages/adapters-pulp/src/Pulp.ts", `import * as S from "@orch/server/X"`, "imports @orch/server/X"],
      ["packages/client/src/Client.ts", `import * as S from "@orch/server/X"`, "imports @orch/server/X"],
      [
        "packages/client/src/Client.ts",
        `import * as K from "@orch/adapters-koji/Hub"`,
        "imports @orch/adapters-koji/Hub"
      ],
      ["packages/server/src/builds/face/Rida.ts", `import * as Sql from "effect/sql/SqlClient"`, "do not touch SQL"],
      [`${core}ports/Store.ts`, `import * as M from "../modulebuild/ModuleBuild.ts"`, "know no life"],
      [`${core}ports/Store.ts`, `import * as M from "./modulebuild/ModuleBuilds.ts"`, "know no life"],
      [`${core}engine/Shell.ts`, `import * as M from "./modulebuild/Commands.ts"`, "know no life"],
      [`${core}life/Life.ts`, `import * as M from "../campaign/Campaign.ts"`, "knows none of them"],
      ["packages/server/src/builds/face/Rida.ts", `import * as P from "../../database/Rows.ts"`, "do not touch SQL"],
      ["packages/server/src/builds/face/Rida.ts", `import * as P from "../statements/Rows.ts"`, "of the slice builds"],
      ["packages/server/src/mbs/Mbs.ts", `import * as P from "../builds/statements/Rows.ts"`, "of the slice builds"],
      ["packages/server/src/mbs/Mbs.ts", `import * as P from "../builds/face/View.ts"`, "of the slice builds"],
      ["packages/server/src/workers/Poll.ts", `import * as K from "@orch/adapters-koji/Hub"`, "in its wiring only"],
      ["packages/server/src/workers/Poll.ts", `export const x = process.env["X"]`, "read in one place"],
      ["packages/server/src/workers/Poll.ts", `import { Effect } from "effect"`, "one by one"],
      ["packages/server/src/workers/Poll.ts", `import * as T from "../../test/Databases.ts"`, "lean on tests"],
      [
        "packages/server/src/workers/Poll.ts",
        `import * as C from "../../../core/src/Evr.ts"`,
        "outside of its package"
      ],
      ["packages/server/src/workers/Poll.ts", `import * as N from "@orch/core/internal/nearestName"`, "internal to"],
      ["packages/server/src/workers/Poll.ts", `export const x = 1 as any`, "as any"],
      ["packages/server/src/workers/Poll.ts", `// @ts-ignore\nexport const x = 1`, "@ts-ignore"],
      ["packages/server/src/workers/Poll.ts", `export * from "./Other.ts"`, "named by hand"],
      ["packages/server/src/workers/Poll.ts", `export const = 1`, "does not parse"],
      ["packages/server/src/workers/utils.ts", ``, "a name that explains nothing"],
      ["packages/server/src/common/Poll.ts", ``, "a name that explains nothing"],
      ["packages/server/src/workers/index.ts", ``, "below the root"],
      ["packages/server/src/workers/poll.ts", ``, "InPascalCase"]
    ] as const
  ) {
    it(`${path}: ${text}`, () => {
      const found = messages({ [path]: header + text })
      assert.isNotEmpty(found)
      assert.isTrue(found.some((message) => message.includes(word)), found.join("\n"))
    })
  }
  it("a file of more lines of code than the limit, comments and blanks not counted", () => {
    const most = "const x = 1\n".repeat(maximumLinesOfCode)
    accepts(`${core}Long.ts`, `${most}\n// more\n/* and\n more */\n`)
    refuses(`${core}Long.ts`, `${most}const y = 1\n`, `${maximumLinesOfCode + 1} lines of code`)
  })
  it("a file without an opening comment", () =>
    assert.deepStrictEqual(messages({ [`${core}Bare.ts`]: "export const x = 1\n" }), [
      `${core}Bare.ts:1: does not open with a comment that says why it exists`
    ]))
  it("circular imports, and names the circle", () => {
    const a = parse(`${core}A.ts`, `${header}import * as B from "./B.ts"`)
    const b = parse(`${core}B.ts`, `${header}import * as C from "./C.ts"`)
    const c = parse(`${core}C.ts`, `${header}import * as A from "./A.ts"`)
    assert.deepStrictEqual(cycles([a, b, c]), [[a.path, b.path, c.path, a.path]])
    assert.isTrue(check([a, b, c]).some(({ message }) => message.startsWith("imports itself")))
  })
  it("circles that only types close", () => {
    const a = parse(`${core}A.ts`, `${header}import type { B } from "./B.ts"`)
    const b = parse(`${core}B.ts`, `${header}import * as A from "./A.ts"`)
    assert.deepStrictEqual(cycles([a, b]), [[a.path, b.path, a.path]])
  })
  it("rooms that import each other, where no file does", () => {
    const files = [
      parse("packages/client/src/a/A.ts", `${header}import * as B from "../b/B.ts"`),
      parse("packages/client/src/a/Below.ts", header),
      parse("packages/client/src/b/B.ts", header),
      parse("packages/client/src/b/internal/c.ts", `${header}import * as Below from "../../a/Below.ts"`)
    ]
    assert.deepStrictEqual(cycles(files), [])
    const [a, b] = ["packages/client/src/a/", "packages/client/src/b/"] as const
    assert.deepStrictEqual(roomCycles(files), [[a, b, a]])
  })
  it("imports upwards and sideways between the levels of core", () => {
    const other = (from: string, to: string) => messages({ [core + from]: `${header}import * as X from "${to}"` })
    assert.deepStrictEqual(other("buildorder/A.ts", "../modulemd/B.ts"), [
      `${core}buildorder/A.ts:2: imports ../modulemd/B.ts: modulemd is not below buildorder`
    ])
    assert.deepStrictEqual(other("A.ts", "./farm/B.ts"), [
      `${core}A.ts:2: imports ./farm/B.ts: farm is not below the top`
    ])
    assert.deepStrictEqual(other("farm/A.ts", "../buildorder/B.ts").length, 1)
    assert.deepStrictEqual(other("modulemd/internal/a.ts", "../../resolution/B.ts").length, 1)
    assert.deepStrictEqual(other("resolution/A.ts", "../modulemd/B.ts"), [])
    assert.deepStrictEqual(other("modulemd/A.ts", "./B.ts"), [])
  })
  it("a room of core without a level", () =>
    assert.deepStrictEqual(messages({ [`${core}novelty/A.ts`]: header }), [
      `${core}novelty/A.ts:1: lies in novelty, which has no level: give it one in tooling/boundaries/rooms.ts`
    ]))
  it("name the line", () =>
    assert.match(messages({ [`${core}A.ts`]: `${header}\nimport * as F from "node:fs"` })[0] ?? "", /A\.ts:3: /))
})

describe("boundaries accept", () => {
  for (
    const [path, text] of [
      [`${core}Nsvc.ts`, `import * as Result from "effect/Result"\nimport * as Evr from "./Evr.ts"`],
      [`${core}Nsvc.ts`, `export const at = (now: Date) => new Date(now).getTime() + Date.UTC(2026)`],
      [`${core}Nsvc.ts`, `export const run = (process: { readonly id: string }) => process.id`],
      [`${core}ports/BuildSystem.ts`, `import * as Effect from "effect/Effect"\nimport * as Nsvc from "../Nsvc.ts"`],
      [`${core}engine/modulebuild/Commands.ts`, `import * as M from "../../modulebuild/ModuleBuild.ts"`],
      [`${core}engine/Engine.ts`, `import * as Queue from "effect/persistence/PersistedQueue"`],
      [`${core}modulemd/Modulemd.ts`, `import * as L from "./internal/lines.ts"`],
      [`${core}A.ts`, `import type * as A from "./A.ts"`],
      ["packages/server/src/builds/statements/Rows.ts", `import * as Sql from "effect/sql/SqlClient"`],
      ["packages/server/src/ServerLayer.ts", `import * as K from "@orch/adapters-koji/KojiHub"`],
      ["packages/server/src/ServerLayer.ts", `import * as F from "./builds/face/Rida.ts"`],
      ["packages/server/src/Migrations.ts", `import * as F from "./builds/statements/BuildMigrations.ts"`],
      ["packages/server/src/builds/BuildsLayer.ts", `import * as F from "./statements/Rows.ts"`],
      ["packages/server/src/ServerConfig.ts", `export const x = process.env["X"]`],
      ["packages/server/src/main.ts", `export const x = process.env["X"]`],
      ["packages/core/test/Nsvc.test.ts", `import { readFileSync } from "node:fs"`]
    ] as const
  ) it(`${path}: ${text}`, () => accepts(path, text))
})
