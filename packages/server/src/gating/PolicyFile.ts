/**
 * Gating policies and subject types as Greenwave's YAML files hold them, and policies that come with a request.
 *
 * What is wrong is told in Greenwave's words, which name the policy, the attribute and what was expected.
 */
import type { GatingPolicy, GatingRule } from "@orch/core/gating/GatingPolicy"
import type { ResultQuery, SubjectType } from "@orch/core/gating/SubjectType"
import * as Result from "effect/Result"
import type * as Yaml from "yaml"
import * as YamlNodes from "./YamlNodes.ts"

const { YamlRefused } = YamlNodes

/** Reads an attribute of a mapping and says which one was wrong. */
const attribute = <A>(node: Yaml.YAMLMap, name: string, read: (value: Yaml.Node) => A): A | undefined => {
  const value = YamlNodes.at(node, name)
  if (value === undefined) return undefined
  try {
    return read(value)
  } catch (error) {
    throw new YamlRefused(`Attribute '${name}': ${(error as Error).message}`)
  }
}

const required = <A>(value: A | undefined, name: string): A => {
  if (value === undefined) throw new YamlRefused(`Attribute '${name}' is required`)
  return value
}

const labelled = <A>(label: string, read: () => A): A => {
  try {
    return read()
  } catch (error) {
    if (error instanceof YamlRefused) throw new YamlRefused(`${label}: ${error.message}`)
    throw error
  }
}

const rule = (node: Yaml.Node): GatingRule => {
  const tag = node.tag ?? ""
  if (tag === "!PackageSpecificBuild" || tag === "!FedoraAtomicCi") {
    throw new YamlRefused(`${tag} is obsolete. Please use the "packages" allowlist instead.`)
  }
  if (!YamlNodes.isMap(node) || (tag !== "!PassingTestCaseRule" && tag !== "!RemoteRule")) {
    throw new YamlRefused("Expected list of Rule objects")
  }
  return labelled(`YAML object ${tag}`, (): GatingRule =>
    tag === "!RemoteRule"
      ? {
        _tag: "Remote",
        sources: attribute(node, "sources", YamlNodes.texts) ?? [],
        required: attribute(node, "required", YamlNodes.flag) ?? false
      }
      : {
        _tag: "PassingTestCase",
        testCase: required(attribute(node, "test_case_name", YamlNodes.text), "test_case_name"),
        scenario: attribute(node, "scenario", YamlNodes.text),
        validSince: attribute(node, "valid_since", YamlNodes.time),
        validUntil: attribute(node, "valid_until", YamlNodes.time)
      })
}

const contextsOf = (one: string | undefined, several: ReadonlyArray<string>) => {
  const isOne = one !== undefined && one !== ""
  if (!isOne && several.length === 0) throw new YamlRefused("No decision contexts provided")
  if (isOne && several.length > 0) {
    throw new YamlRefused("Both properties \"decision_contexts\" and \"decision_context\" were set")
  }
  return { decisionContexts: isOne ? [one] : several, contextForm: isOne ? "one" as const : "several" as const }
}

/** `installed`: a policy of the installation; `beside`: of a subject's own file, where much may be left out. */
type Origin = "installed" | "beside"

const policy = (node: Yaml.Node, origin: Origin): GatingPolicy => {
  if (!YamlNodes.isMap(node)) throw new YamlRefused("Expected mapping for !Policy tagged object")
  const id = attribute(node, "id", YamlNodes.text)
  const whole = <A, B>(value: A | undefined, name: string, fallback: B): A | B =>
    origin === "installed" ? required(value, name) : value ?? fallback
  return labelled(`Policy '${id ?? "untitled"}'`, () => {
    if (origin === "installed") required(id, "id")
    const productVersions = whole(attribute(node, "product_versions", YamlNodes.texts), "product_versions", ["*"])
    const context = attribute(node, "decision_context", YamlNodes.text)
    const contexts = attribute(node, "decision_contexts", YamlNodes.texts) ?? []
    const subjectType = whole(attribute(node, "subject_type", YamlNodes.text), "subject_type", undefined)
    const rules = required(attribute(node, "rules", (value) => YamlNodes.entries(value).map(rule)), "rules")
    if (origin === "beside" && rules.some(({ _tag }) => _tag === "Remote")) {
      throw new YamlRefused("RemoteRule is not allowed in remote policies")
    }
    return {
      id,
      productVersions,
      ...contextsOf(context, contexts),
      subjectType,
      rules,
      excludedPackages: attribute(node, "excluded_packages", YamlNodes.texts) ?? [],
      packages: attribute(node, "packages", YamlNodes.texts) ?? [],
      relevance: {
        key: attribute(node, "relevance_key", YamlNodes.text),
        value: attribute(node, "relevance_value", YamlNodes.text)
      }
    }
  })
}

const reading = <A>(read: () => A): Result.Result<A, string> => {
  try {
    return Result.succeed(read())
  } catch (error) {
    if (error instanceof YamlRefused) return Result.fail(error.message)
    throw error
  }
}

/** The policies of an installation's file; the failure is for people. */
export const policies = (text: string): Result.Result<ReadonlyArray<GatingPolicy>, string> =>
  reading(() => YamlNodes.documents(text).map((node) => policy(node, "installed")))

/** The policies of a subject's own file; the failure is for people. */
export const ownPolicies = (text: string): Result.Result<ReadonlyArray<GatingPolicy>, string> =>
  reading(() => YamlNodes.documents(text).map((node) => policy(node, "beside")))

const query = (node: Yaml.Node): ResultQuery => {
  if (!YamlNodes.isMap(node)) throw new YamlRefused("Expected list of dict objects")
  const keys = YamlNodes.at(node, "keys")
  return {
    itemKey: attribute(node, "item_key", YamlNodes.text),
    keys: keys === undefined || !YamlNodes.isMap(keys) ? {} : Object.fromEntries(
      keys.items.map(({ key, value }) => [YamlNodes.text(key as Yaml.Node), YamlNodes.text(value as Yaml.Node)])
    )
  }
}

const subjectType = (node: Yaml.Node): SubjectType => {
  if (!YamlNodes.isMap(node)) throw new YamlRefused("Expected mapping for !SubjectType tagged object")
  const id = attribute(node, "id", YamlNodes.text)
  return labelled(`SubjectType '${id ?? "untitled"}'`, () => ({
    id: required(id, "id"),
    aliases: attribute(node, "aliases", YamlNodes.texts) ?? [],
    itemKey: attribute(node, "item_key", YamlNodes.text),
    isKojiBuild: attribute(node, "is_koji_build", YamlNodes.flag) ?? false,
    isNvr: attribute(node, "is_nvr", YamlNodes.flag) ?? false,
    ignoreMissingPolicy: attribute(node, "ignore_missing_policy", YamlNodes.flag) ?? false,
    productVersion: attribute(node, "product_version", YamlNodes.text),
    productVersionMatch: attribute(node, "product_version_match", (value) =>
      YamlNodes.entries(value).map((entry) => {
        if (!YamlNodes.isMap(entry)) throw new YamlRefused("Expected list of dict objects")
        return {
          match: required(attribute(entry, "match", YamlNodes.text), "match"),
          productVersion: required(attribute(entry, "product_version", YamlNodes.text), "product_version")
        }
      })) ?? [],
    itemDict: attribute(node, "item_dict", query),
    resultQueries: attribute(node, "result_queries", (value) => YamlNodes.entries(value).map(query)) ?? []
  }))
}

/** The types of an installation's file; the failure is for people. */
export const subjectTypes = (text: string): Result.Result<ReadonlyArray<SubjectType>, string> =>
  reading(() => YamlNodes.documents(text).map(subjectType))

const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((one) => typeof one === "string")

const textsOf = (value: unknown, name: string): ReadonlyArray<string> => {
  if (value === undefined || value === null) return []
  if (!isTexts(value)) throw new YamlRefused(`Attribute '${name}': Expected list of str objects`)
  return value
}

const textOf = (value: unknown, name: string): string | undefined => {
  if (value === undefined || value === null) return undefined
  if (typeof value !== "string") {
    throw new YamlRefused(`Attribute '${name}': Expected a string value, got: ${JSON.stringify(value)}`)
  }
  return value
}

const timeOf = (value: unknown, name: string): number | undefined => {
  const text = textOf(value, name)
  const millis = text === undefined ? undefined : Date.parse(text)
  if (millis !== undefined && Number.isNaN(millis)) {
    throw new YamlRefused(`Attribute '${name}': Could not parse string as date/time, got: ${text}`)
  }
  return millis
}

const ruleOf = (value: unknown): GatingRule => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new YamlRefused("Expected list of objects")
  }
  const object = value as Readonly<Record<string, unknown>>
  switch (object["type"]) {
    case "PassingTestCaseRule":
      return {
        _tag: "PassingTestCase",
        testCase: required(textOf(object["test_case_name"], "test_case_name"), "test_case_name"),
        scenario: textOf(object["scenario"], "scenario"),
        validSince: timeOf(object["valid_since"], "valid_since"),
        validUntil: timeOf(object["valid_until"], "valid_until")
      }
    case "RemoteRule":
      return { _tag: "Remote", sources: textsOf(object["sources"], "sources"), required: object["required"] === true }
    case undefined:
      throw new YamlRefused("Key 'type' is required for each list item")
    default:
      throw new YamlRefused(`Key 'type' for an list item is not valid: ${String(object["type"]).slice(0, 100)}`)
  }
}

/** The most rules that a request may bring. */
const mostRules = 1_000

/** The policy that a request brings along; the failure is for people. */
export const onDemand = (
  { excludedPackages, packages, productVersion, rules, subjectType }: {
    readonly rules: ReadonlyArray<unknown>
    readonly productVersion: string
    readonly excludedPackages: unknown
    readonly packages: unknown
    readonly subjectType: string
  }
): Result.Result<GatingPolicy, string> =>
  reading(() => {
    if (rules.length > mostRules) throw new YamlRefused(`Attribute 'rules': at most ${mostRules} rules are taken`)
    try {
      rules.forEach(ruleOf)
    } catch (error) {
      throw new YamlRefused(`Attribute 'rules': ${(error as Error).message}`)
    }
    return {
      id: undefined,
      productVersions: [productVersion],
      decisionContexts: ["on-demand-policy"],
      contextForm: "one",
      subjectType,
      rules: rules.map(ruleOf),
      excludedPackages: textsOf(excludedPackages, "excluded_packages"),
      packages: textsOf(packages, "packages"),
      relevance: { key: undefined, value: undefined }
    }
  })
