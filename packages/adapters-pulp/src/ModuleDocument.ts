/**
 * What Pulp wants to know of a module's document besides its text: Pulp does not read the text, and what it publishes is all texts in
 * a row, so each must begin and end as a document.
 */
import type { ModuleDefaults } from "@orch/core/modulemd/ModuleDefaults"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import type { ModuleObsoletes } from "@orch/core/modulemd/ModuleObsoletes"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { createHash } from "node:crypto"

/** Body of a `POST`, without the links to packages. */
export interface ModuleDocument {
  readonly kind: "modulemds" | "modulemd_defaults" | "modulemd_obsoletes"
  /** By these a unit is searched. */
  readonly key: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, Schema.Json>>
  /** NEVRAs of the packages that belong to the module. */
  readonly artifacts: ReadonlyArray<string>
  readonly snippet: string
  /** SHA-256 of the snippet, hexadecimal. */
  readonly digest: string
}

const framed = (text: string): string => {
  const body = text.replace(/^\uFEFF/, "").replace(/\s+$/, "")
  const begun = /^---(\s|$)/.test(body) ? body : `---\n${body}`
  return begun.endsWith("\n...") ? `${begun}\n` : `${begun}\n...\n`
}

const make = (
  kind: ModuleDocument["kind"],
  key: ModuleDocument["key"],
  fields: ModuleDocument["fields"],
  artifacts: ReadonlyArray<string>,
  text: string
): ModuleDocument => {
  const snippet = framed(text)
  return { kind, key, fields, artifacts, snippet, digest: createHash("sha256").update(snippet).digest("hex") }
}

const streamOf = (self: ModuleStreamV2, text: string): Result.Result<ModuleDocument, string> => {
  const { arch, context, name, stream, version } = self
  if (
    name === undefined || stream === undefined || version === undefined || context === undefined || arch === undefined
  ) {
    return Result.fail("a module needs name, stream, version, context and arch")
  }
  const key = { name, stream, version: String(version), context, arch }
  return Result.succeed(make(
    "modulemds",
    key,
    {
      ...key,
      artifacts: [...self.artifacts.rpms],
      dependencies: self.dependencies.map(({ requires }) =>
        Object.fromEntries([...requires].map(([module, streams]) => [module, [...streams]]))
      ),
      profiles: Object.fromEntries([...self.profiles].map(([profile, { rpms }]) => [profile, [...rpms]])),
      description: self.description
    },
    self.artifacts.rpms,
    text
  ))
}

const defaultsOf = (self: ModuleDefaults, text: string): ModuleDocument =>
  make(
    "modulemd_defaults",
    { module: self.module },
    {
      module: self.module,
      stream: self.stream ?? "",
      profiles: Object.fromEntries([...self.profiles].map(([stream, profiles]) => [stream, [...profiles]]))
    },
    [],
    text
  )

const obsoletesOf = (self: ModuleObsoletes, text: string): ModuleDocument => {
  const key = { module_name: self.module, module_stream: self.stream }
  return make(
    "modulemd_obsoletes",
    key,
    {
      ...key,
      modified: self.modified,
      message: self.message,
      // Pulp asks for those it lets be null, too.
      override_previous: self.reset ? "true" : null,
      module_context: self.context ?? null,
      eol_date: self.eolDate ?? null,
      obsoleted_by_module_name: self.obsoletedBy?.module ?? null,
      obsoleted_by_module_stream: self.obsoletedBy?.stream ?? null
    },
    [],
    text
  )
}

/** The one document of a text; what is wrong otherwise, in words. */
export const read = (text: string): Result.Result<ModuleDocument, string> => {
  const { documents, problems } = Modulemd.read(text, { profile: "compat" })
  const [document, ...others] = documents
  if (document === undefined) return Result.fail(problems[0]?.message ?? "there is no document")
  if (others.length > 0) return Result.fail(`there are ${documents.length} documents, where one is expected`)
  switch (document._tag) {
    case "ModuleStreamV1":
    case "ModuleStreamV2":
      return streamOf(document._tag === "ModuleStreamV2" ? document : Upgrade.streamV1(document), text)
    case "ModuleDefaults":
      return Result.succeed(defaultsOf(document, text))
    case "ModuleObsoletes":
      return Result.succeed(obsoletesOf(document, text))
    default:
      return Result.fail(`a ${document._tag} is nothing a repository of Pulp holds`)
  }
}
