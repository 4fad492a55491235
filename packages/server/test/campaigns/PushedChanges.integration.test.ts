/** Pushes that a forge tells of begin campaigns by themselves, gathered, once each; a fix goes on where the failure stopped. */
import { assert, layer } from "@effect/vitest"
import { OrchClient } from "@orch/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as Tiers from "./Tiers.ts"

const secret = "s3cret"

const rules = [
  "pushes:",
  "  - {name: base, repository: rpms/*, branch: main, owner: releng, quiet: 1, deadline: 10}",
  "links:",
  "  - {module: \"app-*\", against: \"lib:*\", audit: 100}",
  ""
].join("\n")

class World extends Context.Service<World, TestServer.TestServer>()("test/campaigns/PushWorld") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => TestRepository.temporary()),
        (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
      )
      const path = Path.join(directory, "campaigns.yaml")
      Fs.writeFileSync(path, rules)
      return yield* TestServer.start({
        ORCH_RECONCILE_INTERVAL: "200",
        ORCH_CAMPAIGN_RULES: path,
        ORCH_PUSH_SECRET: secret
      })
    })
  )
}

layer(World.layer, { timeout: "60 seconds", excludeTestServices: true })("a push", (it) => {
  it.effect(
    "rebuilds what it reaches, with those that came at the same time, and resumes what an earlier one broke",
    () =>
      Effect.gen(function*() {
        const world = yield* World
        const { build, campaigns, finished, push, spec } = yield* Tiers.make(world)
        const tell = (told: Parameters<typeof Tiers.tell>[2], delivery: string) =>
          Tiers.tell(world.url, secret, told, delivery)
        const all = Effect.map(campaigns.list({ query: {} }), ({ items }) => items)

        // Two pushes to one branch and one to another, told of late, twice and in the wrong order: one campaign.
        const first = push("low", `${spec("low")}\n%post\ntrue\n`)
        const second = push("low", `${spec("low")}\n%post\nfalse\n`)
        const third = push("mid", SpecFile.make("mid-one", { build: "exit 1" }))
        yield* tell(second, "2")
        yield* tell(third, "3")
        yield* tell(first, "1")
        yield* tell(second, "2")
        const [begun] = yield* Tiers.until(all, (items) => items.length > 0)
        assert.deepStrictEqual([begun!.created_by, begun!.rule], ["releng", "base"])
        const ended = yield* finished(begun!.id)
        assert.deepStrictEqual(Tiers.states(ended), { "low:1": "done", "mid:1": "failed", "top:1": "blocked" })
        assert.deepStrictEqual(
          ended.causes.map(({ commit, subject }) => [Path.basename(subject), commit]),
          [["low-one", second.after], ["mid-one", third.after]]
        )
        assert.deepStrictEqual(ended.nodes.map(({ changed }) => changed), [true, true, false])

        // Telling it once more begins nothing.
        yield* tell(second, "4")
        yield* Effect.sleep("2500 millis")
        assert.strictEqual((yield* all).length, 1)

        // The fix is part of the campaign that waits for it.
        yield* tell(push("mid", `${spec("mid")}\n%post\ntrue\n`), "5")
        const done = yield* Tiers.until(finished(begun!.id), ({ state }) => state === "done")
        assert.deepStrictEqual(Tiers.states(done), { "low:1": "done", "mid:1": "done", "top:1": "done" })
        assert.strictEqual(done.causes.length, 3)
        assert.strictEqual((yield* all).length, 1)
        assert.isAbove(done.numbers.fix_to_green!, 0)

        // What changes nothing in the packages stops at the first.
        yield* tell(push("low", `# A comment\n${spec("low")}\n%post\nfalse\n`), "6")
        const [next] = yield* Tiers.until(all, (items) => items.length > 1)
        const cut = yield* finished(next!.id)
        assert.deepStrictEqual(Tiers.states(cut), { "low:1": "done", "mid:1": "cut", "top:1": "cut" })

        // What is taken back was built before from the same files: no package is built again.
        yield* tell(push("low", `${spec("low")}\n%post\nfalse\n`), "7")
        const [back] = yield* Tiers.until(all, (items) => items.length > 2)
        const taken = yield* finished(back!.id)
        assert.deepStrictEqual(Tiers.states(taken), { "low:1": "done", "mid:1": "cut", "top:1": "cut" })
        const { components } = yield* build(taken.nodes[0]!.builds[0]!)
        assert.deepStrictEqual(components.map(({ submitted_at }) => submitted_at), [null])
        assert.match(components[0]!.reuse!, /^Module build \d+ has it from the same inputs$/)
      }),
    120_000
  )

  /** A library that says versions of its symbols, of this inside and with this header. */
  const library = (value: number, header: string) =>
    [
      "Name: lib-one",
      "Version: 1",
      "Release: 1%{?dist}",
      "Summary: Test",
      "License: MIT",
      "%global debug_package %{nil}",
      "%description",
      "Test.",
      "%build",
      `echo 'int f(void) { return ${value}; }' > l.c`,
      "echo 'V_1 { global: f; local: *; };' > l.map",
      "gcc -shared -fPIC -Wl,-soname,libone.so.1 -Wl,--version-script=l.map -o libone.so.1 l.c",
      `echo '${header}' > one.h`,
      "%install",
      "install -D -m755 libone.so.1 %{buildroot}/usr/lib64/libone.so.1",
      "install -D -m644 one.h %{buildroot}/usr/include/one.h",
      "%files",
      "/usr/lib64/libone.so.1",
      "/usr/include/one.h",
      ""
    ].join("\n")

  it.effect.skipIf(!Fs.existsSync("/usr/bin/gcc"))(
    "of a library's inside passes by those that merely link against it, and nobody who may run it; one of its header passes by none",
    () =>
      Effect.gen(function*() {
        const { git, url } = yield* World
        const { campaigns, moduleBuilds } = yield* OrchClient.OrchClient.pipe(
          Effect.provide(OrchClient.OrchClient.layer({ url }))
        )
        const { finished, get } = yield* Tiers.make({ git, url }, [])
        const needy = SpecFile.make("tool-one").replace("BuildArch", "Requires: libone.so.1(V_1)(64bit)\nBuildArch")
        const specs: Readonly<Record<string, string>> = {
          "lib-one": library(1, "int f(void);"),
          "tool-one": needy,
          "app-link-one": SpecFile.make("app-link-one"),
          "app-tool-one": SpecFile.make("app-tool-one")
        }
        const packages = new Map(
          Object.entries(specs).map(([name, spec]) => {
            const repository = TestRepository.make(Path.join(git, "rpms", name))
            repository.commit({ [`${name}.spec`]: spec })
            return [name, repository]
          })
        )
        const uses: Readonly<Record<string, string | undefined>> = {
          "lib": undefined,
          "tool": "lib: [\"1\"]",
          "app-link": "lib: [\"1\"]",
          "app-tool": "lib: [\"1\"], tool: [\"1\"]"
        }
        for (const [name, after] of Object.entries(uses)) {
          const text = Tiers.document(name, undefined)
          const commit = TestRepository.make(Path.join(git, "modules", name)).commit({
            [`${name}.yaml`]: after === undefined
              ? text
              : text.replace("{platform: [el9]}", `{platform: [el9], ${after}}`)
          })
          const [build] = yield* moduleBuilds.submit({
            payload: { scmurl: `file://${git}/modules/${name}?#${commit}` }
          })
          const ended = yield* Tiers.until(
            moduleBuilds.get({ params: { id: String(build!.id) } }),
            ({ state }) => state === "ready" || state === "failed"
          )
          assert.strictEqual(ended.state, "ready", ended.state_reason)
        }
        // What builds need is read beside them.
        yield* Effect.sleep("2500 millis")
        const change = Effect.fnUntraced(function*(spec: string) {
          packages.get("lib-one")!.commit({ "lib-one.spec": spec })
          return yield* finished((yield* campaigns.plan({ payload: { subject: "lib:1" } })).id)
        })

        const inside = yield* change(library(2, "int f(void);"))
        assert.deepStrictEqual(
          Tiers.states(inside),
          { "lib:1": "done", "tool:1": "done", "app-link:1": "cut", "app-tool:1": "done" },
          JSON.stringify(inside)
        )
        const link = inside.nodes.find(({ name }) => name === "app-link:1")!
        assert.strictEqual(link.state_reason, "It merely links against lib:1, which has the interface that it had")
        const audited = yield* Tiers.until(
          Effect.map(get(inside.id), ({ nodes }) => nodes.find(({ name }) => name === "app-link:1")!.audit),
          (audit) => audit !== null && audit.state !== "asked" && audit.state !== "builds"
        )
        assert.strictEqual(audited?.state, "same", audited?.reason)

        const header = yield* change(library(2, "int f(void); /* changed */"))
        assert.strictEqual(Tiers.states(header)["app-link:1"], "done", JSON.stringify(header))

        // What was said of it was wrong once: it is counted in content from then on.
        packages.get("app-link-one")!.commit({
          "app-link-one.spec": `${SpecFile.make("app-link-one")}\n%post\necho %(date +%s%N)\n`
        })
        yield* finished((yield* campaigns.plan({ payload: { subject: "app-link:1" } })).id)
        const nodeOf = ({ nodes }: typeof header) => nodes.find(({ name }) => name === "app-link:1")!
        const wrong = yield* change(library(3, "int f(void); /* changed */"))
        const built = yield* Tiers.until(
          get(wrong.id),
          (one) => one.state === "done" && nodeOf(one).false_cut !== null
        )
        assert.strictEqual(nodeOf(built).state, "done", JSON.stringify(built))
        const ended = nodeOf(yield* change(library(4, "int f(void); /* changed */")))
        assert.deepStrictEqual(
          [ended.state, ended.audit, ended.false_cut],
          ["done", null, null],
          JSON.stringify(ended)
        )
      }),
    600_000
  )
})
