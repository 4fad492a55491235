/** All kinds of PDC's records that are answered. */
import * as PdcFields from "@orch/api/pdc/PdcFields"
import * as PdcModule from "@orch/api/pdc/PdcModule"
import * as Relationship from "@orch/api/pdc/PdcRelationship"
import type { ResourceName } from "@orch/api/pdc/PdcRoutes"
import * as Effect from "effect/Effect"
import { noted, notFound, type PdcResource, refuse, type Written } from "./PdcResource.ts"
import * as Modules from "./statements/ModuleStatements.ts"
import * as Statements from "./statements/RelationshipStatements.ts"

const idOf = (text: string): number | undefined => /^\d{1,15}$/.test(text) ? Number(text) : undefined

const change = (resource: string, id: number | string, before: string, after: string) => ({
  resource,
  resource_id: String(id),
  old_value: before,
  new_value: after
})

const notSame = refuse({ detail: ["The fields name, stream, version, context must make a unique set."] })

const modules: PdcResource = {
  filters: [
    "active",
    "uid",
    "name",
    "stream",
    "version",
    "context",
    "koji_tag",
    "runtime_dep_name",
    "runtime_dep_stream",
    "build_dep_name",
    "build_dep_stream",
    "component_name",
    "component_branch",
    "component",
    "rpm_filename"
  ],
  list: (filter, page) =>
    Effect.map(Modules.list(filter, page), ({ items, total }) => ({ items: items.map(PdcModule.encode), total })),
  find: (uid) => Effect.map(Modules.find(uid), (found) => found === undefined ? undefined : PdcModule.encode(found)),
  create: Effect.fnUntraced(function*(body) {
    const { module, problems } = PdcModule.decode(body, undefined)
    if (problems !== undefined) return yield* refuse(problems)
    if (!(yield* Modules.insert(module))) return yield* notSame
    const shown = PdcModule.encode(module)
    return { shown, change: change("module", PdcModule.uid(module), "null", noted(shown)) } satisfies Written
  }),
  update: Effect.fnUntraced(function*(uid, body, isWhole) {
    const before = yield* Modules.find(uid)
    if (before === undefined) return yield* notFound
    const { module, problems } = PdcModule.decode(body, isWhole ? undefined : before)
    if (problems !== undefined) return yield* refuse(problems)
    yield* Modules.remove(uid)
    if (!(yield* Modules.insert(module))) return yield* notSame
    const shown = PdcModule.encode(module)
    return {
      shown,
      change: change("module", uid, noted(PdcModule.encode(before)), noted(shown))
    } satisfies Written
  }),
  remove: Effect.fnUntraced(function*(uid) {
    const before = yield* Modules.find(uid)
    if (before === undefined) return yield* notFound
    yield* Modules.remove(uid)
    return change("module", uid, noted(PdcModule.encode(before)), "null")
  })
}

const relationshipNote = ({ from, to, type }: Relationship.PdcRelationship): string =>
  noted({
    from_component: `${from.release} ${from.name}`,
    relation_type: type,
    to_component: `${to.release} ${to.name}`
  })

const twice = refuse({ detail: ["The fields relation_type, from_component, to_component must make a unique set."] })
const related = "releasecomponentrelationship"

/** What a body says, with its components found. */
const relationshipOf = Effect.fnUntraced(function*(body: unknown, before: Relationship.PdcRelationship | undefined) {
  const types = (yield* Statements.types()).map(({ name }) => name)
  const { problems, relationship } = Relationship.decode(body, types, before !== undefined)
  if (problems !== undefined) return yield* refuse(problems)
  const found = Effect.fnUntraced(function*(
    key: string,
    named: Relationship.NamedComponent | undefined,
    known: Relationship.PdcComponent | undefined
  ) {
    const one = named === undefined ? known : yield* Statements.component(named)
    return one ?? (yield* refuse({
      [key]: { detail: Relationship.missing(named ?? { id: 0 }) }
    }))
  })
  return {
    type: relationship.type ?? before?.type ?? "",
    from: yield* found("from_component", relationship.from, before?.from),
    to: yield* found("to_component", relationship.to, before?.to)
  }
})

const found = Effect.fnUntraced(function*(text: string) {
  const id = idOf(text)
  const one = id === undefined ? undefined : yield* Statements.find(id)
  return one ?? (yield* notFound)
})

const relationships: PdcResource = {
  filters: ["type", "from_component_name", "from_component_release", "to_component_name", "to_component_release"],
  list: (filter, page) =>
    Effect.map(Statements.list(filter, page), ({ items, total }) => ({
      items: items.map(Relationship.encode),
      total
    })),
  find: (id) => Effect.map(found(id), Relationship.encode),
  create: Effect.fnUntraced(function*(body) {
    const given = yield* relationshipOf(body, undefined)
    const id = yield* Statements.insert(given.type, given.from.id, given.to.id)
    if (id === undefined) return yield* twice
    const one = { id, ...given }
    return {
      shown: Relationship.encode(one),
      change: change(related, id, "null", relationshipNote(one))
    } satisfies Written
  }),
  createAll: Effect.fnUntraced(function*(bodies) {
    const types = (yield* Statements.types()).map(({ name }) => name)
    const decoded = bodies.map((body) => Relationship.decode(body, types, false))
    if (decoded.some(({ problems }) => problems !== undefined)) return undefined
    const named = decoded.flatMap(({ relationship: { from, to } }) => [from!, to!])
    const keyOf = (one: Relationship.NamedComponent) =>
      "id" in one ? `${one.id}` : JSON.stringify([one.release, one.name])
    const known = new Map(
      (yield* Statements.componentsNamed(named)).flatMap((one) => [
        [keyOf({ id: one.id }), one] as const,
        [keyOf({ release: one.release, name: one.name }), one] as const
      ])
    )
    if (named.some((one) => !known.has(keyOf(one)))) return undefined
    const all = decoded.map(({ relationship: { from, to, type } }) => ({
      type: type!,
      from: known.get(keyOf(from!))!,
      to: known.get(keyOf(to!))!
    }))
    const many = all.map(({ from, to, type }) => ({ type, source: from.id, target: to.id }))
    if (new Set(many.map((one) => JSON.stringify(one))).size < many.length) return undefined
    const first = yield* Statements.insertAll(many)
    return first === undefined ? undefined : all.map((given, index) => {
      const one = { id: first + index, ...given }
      return {
        shown: Relationship.encode(one),
        change: change(related, one.id, "null", relationshipNote(one))
      } satisfies Written
    })
  }),
  update: Effect.fnUntraced(function*(text, body, isWhole) {
    const before = yield* found(text)
    // In a change of all of it everything is required, as in a new one.
    const given = isWhole ? yield* relationshipOf(body, undefined) : yield* relationshipOf(body, before)
    if (!(yield* Statements.update(before.id, given.type, given.from.id, given.to.id))) return yield* twice
    const one = { id: before.id, ...given }
    return {
      shown: Relationship.encode(one),
      change: change(related, one.id, relationshipNote(before), relationshipNote(one))
    } satisfies Written
  }),
  remove: Effect.fnUntraced(function*(text) {
    const before = yield* found(text)
    yield* Statements.remove(before.id)
    return change(related, before.id, relationshipNote(before), "null")
  })
}

const encodeComponent = ({ active, global_component, id, name, release }: Statements.ComponentRow) => ({
  id,
  release: { active: true, release_id: release },
  bugzilla_component: null,
  brew_package: null,
  global_component,
  name,
  dist_git_branch: null,
  dist_git_web_url: null,
  active,
  type: "rpm",
  srpm: null
})

const components: PdcResource = {
  filters: ["name", "release", "global_component"],
  list: (filter, page) =>
    Effect.map(Statements.components(filter, page), ({ items, total }) => ({
      items: items.map(encodeComponent),
      total
    })),
  create: Effect.fnUntraced(function*(body) {
    const fields = PdcFields.reader(body, ["name", "release", "global_component", "active", "type", "dist_git_branch"])
    const name = fields.text("name", { required: true, most: 300 })
    const release = fields.text("release", { required: true, most: 300 })
    const global = fields.text("global_component", { required: true, most: 300 })
    const active = fields.flag("active") ?? true
    const problems = fields.problems()
    if (problems !== undefined) return yield* refuse(problems)
    const row = yield* Statements.insertComponent(release ?? "", name ?? "", global ?? null, active)
    if (row === undefined) return yield* refuse({ detail: ["The fields release, name must make a unique set."] })
    const shown = encodeComponent(row)
    return { shown, change: change("releasecomponent", row.id, "null", noted(shown)) } satisfies Written
  }),
  remove: Effect.fnUntraced(function*(text) {
    const id = idOf(text)
    if (id === undefined || !(yield* Statements.removeComponent(id))) return yield* notFound
    return change("releasecomponent", id, "", "null")
  })
}

const encodeGlobal = ({ id, name }: { readonly id: number; readonly name: string }) => ({
  id,
  name,
  dist_git_path: null,
  dist_git_web_url: `http://pkgs.example.com/cgit/rpms/${name}`,
  labels: [],
  upstream: null
})

const globals: PdcResource = {
  filters: ["name"],
  list: (filter, page) =>
    Effect.map(Statements.globals(filter, page), ({ items, total }) => ({ items: items.map(encodeGlobal), total })),
  create: Effect.fnUntraced(function*(body) {
    const fields = PdcFields.reader(body, ["name", "dist_git_path", "labels", "upstream"])
    const name = fields.text("name", { required: true, most: 300 })
    const problems = fields.problems()
    if (problems !== undefined) return yield* refuse(problems)
    const row = yield* Statements.insertGlobal(name ?? "")
    if (row === undefined) return yield* refuse({ name: ["This field must be unique."] })
    const shown = encodeGlobal(row)
    return { shown, change: change("globalcomponent", row.id, "null", noted(shown)) } satisfies Written
  }),
  remove: Effect.fnUntraced(function*(text) {
    const id = idOf(text)
    if (id === undefined || !(yield* Statements.removeGlobal(id))) return yield* notFound
    return change("globalcomponent", id, "", "null")
  })
}

const types: PdcResource = {
  filters: ["name"],
  list: (filter, { limit, offset }) =>
    Effect.map(Statements.types(), (all) => {
      const fits = all.filter(({ name }) => filter["name"] === undefined || filter["name"].includes(name))
      return { items: fits.slice(offset, offset + limit).map(({ id, name }) => ({ id, name })), total: fits.length }
    })
}

const changesets: PdcResource = {
  filters: ["author", "resource"],
  list: (filter, page, ordering) =>
    Effect.map(
      Statements.changesets(filter, page, ordering?.startsWith("-") === true),
      ({ items, total }) => ({
        items: items.map(({ author, changes, comment, committed_on, duration, id, requested_on }) => ({
          id,
          author,
          requested_on,
          committed_on,
          duration,
          changes,
          comment
        })),
        total
      })
    )
}

/** Every kind by its name in paths. */
export const all: Readonly<Record<ResourceName, PdcResource>> = {
  modules,
  "release-component-relationships": relationships,
  "release-components": components,
  "global-components": globals,
  "component-relationship-types": types,
  changesets
}
