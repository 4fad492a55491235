/**
 * A whole farm on one machine: a server, two build nodes, a signer with a GPG key of its own.
 *
 * Two packages, and then a module, are asked for, built by the nodes and signed, and `dnf` installs both from the builds' repositories with
 * `gpgcheck=1`. Everything happens below `.demo-farm` in this checkout. It fails where a build takes more than one and a half times what the nodes
 * spent on it.
 */
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as DemoServer from "./demo/DemoServer.ts"
import * as DistGit from "./demo/DistGit.ts"
import * as FarmBuild from "./demo/FarmBuild.ts"
import * as FarmMachines from "./demo/FarmMachines.ts"
import * as FarmPeople from "./demo/FarmPeople.ts"
import * as FarmProof from "./demo/FarmProof.ts"

const directory = join(import.meta.dirname, "..", ".demo-farm")
const arch = process.arch === "arm64" ? "aarch64" : "x86_64"
const nodes = ["node1", "node2"]
/** Times what the builds take. */
const bound = 1.5

const say = (text = ""): void => console.log(text)

const platform = {
  name: "Demo-8",
  type: "rpm",
  distr_type: "rhel",
  distr_version: "8",
  test_dist_name: "rhel",
  arch_list: [arch],
  data: {
    mock: {},
    yum: {},
    definitions: {
      dist: ".el8",
      __requires_exclude: "^(libc\\.so\\..*|ld-linux.*|rtld.*|/bin/sh|/bin/bash|/usr/bin/bash)"
    },
    versions: [{ name: "8.10", dist_prefix: "el8.10.0", version_prefix: "81000" }]
  }
}

const packages = ["farm-numbers", "farm-mixing"]

const main = async (): Promise<boolean> => {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const people = FarmPeople.make()
  const distGit = DistGit.make(join(directory, "git"))
  DistGit.addCompiled(distGit.root, packages)
  const key = FarmMachines.makeKey(directory)
  const server = await DemoServer.start(directory, distGit, FarmPeople.settings(people))
  const { admin, packager, signer } = people
  const ask = <A>(by: FarmPeople.Person, method: string, path: string, body?: unknown) =>
    FarmPeople.ask<A>(server.url, by, method, path, body)
  say(`server: ${server.url}`)
  await ask(admin, "POST", "/api/v1/platforms/", platform)
  const { id: signKey } = await ask<{ readonly id: number }>(admin, "POST", "/api/v1/sign-keys/new/", {
    name: "Demo",
    description: "The key of the demo's farm",
    keyid: key.fingerprint.slice(-16),
    fingerprint: key.fingerprint,
    public_url: `file://${key.publicKey}`
  })
  const machines = [FarmMachines.signer(directory, server.url, signer.token, key.keyRing)]
  for (const name of nodes) {
    const { token } = await ask<{ readonly token: string }>(admin, "POST", `/orch/v1/build-nodes/${name}/token`)
    machines.push(FarmMachines.node(directory, server.url, name, token))
  }
  say(`build nodes: ${nodes.join(", ")}; signer: key ${key.fingerprint.slice(-16)}`)
  try {
    await FarmBuild.nodesAreThere(ask, admin, nodes)
    let ok = true
    for (const what of [FarmBuild.packages(distGit, packages, arch), FarmBuild.module(distGit, packages, arch)]) {
      const built = await FarmBuild.run(ask, packager, what, signKey)
      const times = built.wallSeconds / built.buildSeconds
      say()
      say(
        `${what.title}: build ${built.id}, request to finished ${built.wallSeconds.toFixed(1)} s, of which ${
          built.buildSeconds.toFixed(1)
        } s were builds: ${times.toFixed(2)} times (bound ${bound}); signed ${built.signSeconds.toFixed(1)} s later`
      )
      ok &&= times <= bound
      const repository = `${server.url}/repositories/builds/Demo-8-${arch}-${built.id}-br/`
      if (process.getuid?.() !== 0) {
        say("dnf: not tried, since installing into a root of its own needs the superuser")
        continue
      }
      const root = join(directory, `root-${built.id}`)
      if (!(await FarmProof.isRefused(root, repository, what.install))) {
        throw new Error("dnf installs without the key as well")
      }
      say("dnf: refuses the packages without the key")
      for (const line of await FarmProof.install(root, repository, key.publicKey, what.install, packages)) {
        say(`dnf: installed ${line}`)
      }
    }
    return ok
  } finally {
    await Promise.all(machines.map(({ stop }) => stop()))
    await server.stop()
  }
}

main().then((ok) => process.exit(ok ? 0 : 1), (error: unknown) => {
  console.error(`demo:farm: ${error instanceof Error ? error.message : String(error)}; logs are below ${directory}`)
  process.exit(1)
})
