/** A repository host in one file: repositories are directories that any web server can serve, made by createrepo_c. */
import { execFile } from "node:child_process"
import { copyFile, link, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises"
import { basename, dirname, join, relative, resolve } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)
const home = resolve(process.env.MY_HOST ?? "my-host")
/** Where a web server shows the directory `public`. */
const address = process.env.MY_HOST_URL ?? `file://${home}/public`
const storeAt = (name) => join(home, "store", encodeURIComponent(name))
const publicAt = (name) => join(home, "public", name)

const fail = (reason, message) => {
  throw Object.assign(new Error(message), { reason })
}

/** The record of a repository: its revision, which change made which, and what it holds. */
const read = (name) => readFile(join(storeAt(name), "record.json"), "utf8").then(JSON.parse, () => undefined)
const find = async (name) => await read(name) ?? fail("gone", `there is no repository ${name}`)

/** Whole or not at all: writing the record is what makes a change. */
const write = async (name, record) => {
  const file = join(storeAt(name), "record.json")
  await writeFile(`${file}.part`, JSON.stringify(record))
  await rename(`${file}.part`, file)
}

/** One at a time for each repository. Several server processes would need a lock between them here. */
const turns = new Map()
const inTurn = (name, act) => {
  const turn = (turns.get(name) ?? Promise.resolve()).then(act, act)
  turns.set(name, turn)
  return turn
}

/** @type {import("@orch/core/ports/RepositoryHost").Promises} */
export default {
  ensure: (name) =>
    inTurn(name, async () => {
      const found = await read(name)
      if (found === undefined) {
        await mkdir(join(storeAt(name), "files"), { recursive: true })
        await write(name, { revision: 0, changes: {}, packages: {}, documents: {} })
      }
      return { name, revision: found?.revision ?? 0 }
    }),

  change: (name, { add, key, remove }) =>
    inTurn(name, async () => {
      const { changes, documents, packages, revision } = await find(name)
      if (changes[key] !== undefined) return { name, revision: changes[key] }
      for (const id of remove) {
        delete packages[id]
        delete documents[id]
      }
      // Files come first, and files of a change that fails here are in no record.
      for (const content of add) {
        if (content._tag === "Modulemd") documents[content.id] = content.text
        else {
          const file = basename(content.location)
          await copyFile(content.location, join(storeAt(name), "files", file))
            .catch(({ message }) => fail("rejected", `${content.nevra} cannot be read: ${message}`))
          packages[content.nevra] = file
        }
      }
      changes[key] = revision + 1
      await write(name, { revision: revision + 1, changes, packages, documents })
      return { name, revision: revision + 1 }
    }),

  publish: (name) =>
    inTurn(name, async () => {
      const { documents, packages, revision } = await find(name)
      const made = join(storeAt(name), `revision-${revision}`)
      await rm(made, { recursive: true, force: true })
      await mkdir(made)
      for (const file of Object.values(packages)) await link(join(storeAt(name), "files", file), join(made, file))
      await run("createrepo_c", ["--quiet", made])
      if (Object.keys(documents).length > 0) {
        await writeFile(join(storeAt(name), "modules.yaml"), Object.values(documents).join("\n"))
        await run("modifyrepo_c", ["--mdtype=modules", join(storeAt(name), "modules.yaml"), join(made, "repodata")])
      }
      // Readers follow one link, which changes at once.
      const shown = publicAt(name)
      await mkdir(dirname(shown), { recursive: true })
      await rm(`${shown}.new`, { force: true })
      await symlink(relative(dirname(shown), made), `${shown}.new`)
      await rename(`${shown}.new`, shown)
      return { name, revision, url: `${address}/${name}/`, path: shown }
    }),

  contents: async (name) => {
    const { documents, packages } = await find(name)
    return [...Object.keys(packages), ...Object.keys(documents)].sort()
  },

  remove: (name) =>
    inTurn(name, async () => {
      await rm(publicAt(name), { force: true })
      await rm(storeAt(name), { recursive: true, force: true })
    })
}
