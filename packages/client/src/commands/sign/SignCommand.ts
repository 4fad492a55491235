/** `orch sign …`: keys, and requests to sign package builds. */
import type { SignKeyWire, SignTaskWire } from "@orch/api/albs/SignWire"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as AlbsConnection from "../AlbsConnection.ts"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"

type SignTask = typeof SignTaskWire.Type

const build = Argument.Int("build").pipe(Argument.withDescription("Number of the package build"))

const keyTable = (keys: ReadonlyArray<SignKeyWire>): string =>
  keys.length === 0 ? "There are no keys." : Table.format(
    ["ID", "KEY", "STATE", "NAME", "PUBLIC KEY"],
    keys.map((key) => [`${key.id}`, key.keyid, key.active ? "active" : "not used", key.name, key.public_url])
  )

const states: Readonly<Record<number, string>> = {
  1: "waits for a signer",
  2: "being signed",
  3: "signed",
  4: "failed"
}

const taskTable = (tasks: ReadonlyArray<SignTask>): string =>
  tasks.length === 0 ? "Nothing was asked to be signed." : Table.format(
    ["ID", "BUILD", "KEY", "STATE", "REASON"],
    tasks.map((task) => [
      `${task.id}`,
      `${task.build_id}`,
      task.sign_key.keyid,
      states[task.status] ?? `${task.status}`,
      task.error_message ?? ""
    ])
  )

const keys = Command.make(
  "keys",
  { ...Connection.flags },
  ({ json, ...said }) =>
    AlbsConnection.run(
      said,
      (client) => Effect.flatMap(client.albsSignKeys.list(), (found) => print(json, found, () => keyTable(found)))
    )
).pipe(
  Command.withDescription("List the keys that packages are signed with"),
  Command.withExamples([{ command: "orch sign keys", description: "Their ids are what --key takes" }])
)

const addKey = Command.make(
  "add-key",
  {
    ...Connection.flags,
    fingerprint: Argument.String("fingerprint").pipe(
      Argument.withDescription("Fingerprint of the key, 40 hexadecimal digits")
    ),
    name: Flag.String("name").pipe(Flag.withDescription("What the key is called")),
    description: Flag.String("description").pipe(Flag.withDescription("What it is for"), Flag.withDefault("")),
    publicUrl: Flag.String("public-url").pipe(Flag.withDescription("Where its public half can be fetched"))
  },
  ({ description, fingerprint, json, name, publicUrl, ...said }) =>
    AlbsConnection.run(said, (client) =>
      Effect.flatMap(
        client.albsSignKeys.create({
          payload: { name, description, fingerprint, keyid: fingerprint.slice(-16), public_url: publicUrl }
        }),
        (key) => print(json, key, () => keyTable([key]))
      ))
).pipe(
  Command.withDescription("Make a key known, which a signer has"),
  Command.withExamples([{
    command:
      "orch sign add-key 0123456789ABCDEF0123456789ABCDEF01234567 --name el8 --public-url https://keys.example.org/el8",
    description: "The id of the key is the end of its fingerprint"
  }])
)

const request = Command.make("request", {
  ...Connection.flags,
  build,
  key: Flag.String("key").pipe(
    Flag.withDescription("Number or id of the key; not needed where there is one key only"),
    Flag.optional
  )
}, ({ build, json, key, ...said }) =>
  AlbsConnection.run(said, (client) =>
    Effect.gen(function*() {
      const all = yield* client.albsSignKeys.list()
      const wanted = Option.getOrUndefined(key)?.toUpperCase()
      const found = all.filter((one) =>
        wanted === undefined ? one.active : `${one.id}` === wanted || one.keyid === wanted
      )
      const [only, ...others] = found
      if (only === undefined || others.length > 0) {
        const known = all.map(({ id, keyid }) => `${id} (${keyid})`).join(", ")
        return yield* new CommandFailed({
          exitCode: 2,
          message: only === undefined
            ? `--key: there is no such key${known === "" ? "; orch sign add-key makes one known" : `, only ${known}`}`
            : `--key: say which key: ${known}`
        })
      }
      const task = yield* client.albsSignTasks.create({ payload: { build_id: build, sign_key_id: only.id } })
      yield* print(json, task, () => taskTable([task]))
    }))).pipe(
    Command.withDescription("Ask for all packages of a build to be signed"),
    Command.withExamples([{
      command: "orch sign request 42 --key 6D7E8F9001122334",
      description: "By the id of the key"
    }])
  )

const list = Command.make("list", {
  ...Connection.flags,
  build: Flag.Int("build").pipe(Flag.withDescription("Only of this package build"), Flag.optional)
}, ({ build, json, ...said }) =>
  AlbsConnection.run(said, (client) =>
    Effect.flatMap(
      client.albsSignTasks.list({ query: Option.isSome(build) ? { build_id: `${build.value}` } : {} }),
      (tasks) => print(json, tasks, () => taskTable(tasks))
    ))).pipe(
    Command.withDescription("List what was asked to be signed, newest first"),
    Command.withExamples([{ command: "orch sign list --build 7", description: "Whether build 7 is signed" }])
  )

/** `orch sign …`: keys, add-key, request and list. */
export const command = Command.make("sign").pipe(
  Command.withDescription("Have package builds signed"),
  Command.withSubcommands([keys, addKey, request, list])
)
