/** What is loaded late is there in the bundles as well: of CommonJS packages their default alone is. */
import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const packages = fileURLToPath(new URL("../packages", import.meta.url))

/** Names, other than the default, that a file takes of a package that it loads late. */
const taken = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\{([^{}]*)\} = await import\("([^".][^"]*)"\)/g)].flatMap(([, names = "", from = ""]) =>
    from.startsWith("node:") || /^\s*default\b/.test(names) ? [] : [from]
  )

const isModule = (owner: string, name: string): boolean => {
  const [first = "", second = ""] = name.split("/")
  const file = join(
    packages,
    owner,
    "node_modules",
    first.startsWith("@") ? `${first}/${second}` : first,
    "package.json"
  )
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).type === "module"
}

describe("imports while a program runs", () => {
  it("name members of packages that are ES modules only", () => {
    assert.deepStrictEqual(taken("const { a } = await import(\"amqplib\")"), ["amqplib"])
    assert.deepStrictEqual(taken("const { default: b } = await import(\"mqtt\")"), [])
    const wrong = readdirSync(packages).flatMap((owner) =>
      readdirSync(join(packages, owner, "src"), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) =>
          taken(readFileSync(join(packages, owner, "src", file), "utf8"))
            .filter((name) => !name.startsWith("@orch/") && !isModule(owner, name))
            .map((name) => `packages/${owner}/src/${file} takes members of ${name}, which is no ES module`)
        )
    )
    assert.deepStrictEqual(wrong, [])
  })
})
