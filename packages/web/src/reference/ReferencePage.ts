/** `/reference`: every endpoint of `/orch/v1` and its kin, from the same description that the server and its clients are made of. */
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import type { Page } from "../Frame.ts"
import { h } from "../Markup.ts"

/** What one parameter is. */
export interface Parameter {
  readonly name: string
  readonly where: string
  readonly required: boolean
  readonly type: string
}

/** One endpoint. */
export interface Operation {
  /** Such as `feed.list`. */
  readonly id: string
  readonly group: string
  readonly method: string
  readonly path: string
  readonly right: string
  readonly about: string
  readonly parameters: ReadonlyArray<Parameter>
  /** The JSON that is sent, as a JSON schema; `undefined` where nothing is. */
  readonly body: string | undefined
  readonly answers: ReadonlyArray<readonly [status: string, about: string]>
  /** Schemas that body and answers name, by name. */
  readonly schemas: ReadonlyArray<readonly [name: string, schema: string]>
}

const rights: Readonly<Record<string, string>> = {
  public: "everybody",
  read: "everybody, unless reads are closed",
  known: "whoever says who they are",
  submit: "who may build",
  own: "whose it is, and administrators",
  release: "who may release",
  administer: "administrators",
  import: "who may import",
  record: "who may write records"
}

/** The part of an address that names a group. */
export const slug = (group: string): string => group.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")

const line = ({ method, path }: Operation): VNode => h("code", null, `${method} ${path}`)

/** All endpoints, by group. */
export const page = (operations: ReadonlyArray<Operation>, prefix: string): Page => {
  const groups = [...new Set(operations.map(({ group }) => group))]
  return {
    title: "API",
    section: "/reference",
    json: "/openapi.json",
    command: "orch --help",
    body: [
      Blocks.head({
        title: "API",
        answer: `${
          Blocks.count(operations.length, "endpoint")
        } take and answer JSON. A script sends its token as Authorization: Bearer TOKEN.`,
        below: [h("p", { class: "small" }, h("a", { href: `${prefix}/docs` }, "To try them in a browser"))]
      }),
      ...groups.map((group) =>
        Blocks.section(slug(group), group, [
          h(
            "ul",
            { class: "links" },
            ...operations.filter((one) => one.group === group).map((one) =>
              h(
                "li",
                { key: one.id, "data-row": "" },
                h("a", { href: `${prefix}/reference/${slug(group)}#${one.id}` }, line(one)),
                " ",
                h("span", { class: "dim small" }, rights[one.right] ?? one.right)
              )
            )
          )
        ])
      )
    ]
  }
}

const schema = (name: string, text: string): VNode =>
  h(
    "details",
    { key: name },
    h("summary", null, name),
    h("pre", { class: "panel pad scroll", tabIndex: 0 }, text)
  )

const shown = (one: Operation): VNode =>
  Blocks.section(one.id, `${one.method} ${one.path}`, [
    ...(one.about === "" ? [] : [h("p", null, one.about)]),
    h("p", { class: "small dim" }, `For: ${rights[one.right] ?? one.right}`),
    ...(one.parameters.length === 0 ? [] : [Blocks.table<Parameter>(`Parameters of ${one.id}`, [
      { head: "Parameter", kind: "row", cell: ({ name }) => h("code", null, name) },
      { head: "In", cell: ({ where }) => where },
      { head: "Type", kind: "wide", cell: ({ required, type }) => `${type}${required ? ", needed" : ""}` }
    ], one.parameters)]),
    ...(one.body === undefined ? [] : [schema("What is sent", one.body)]),
    h(
      "dl",
      { class: "facts" },
      ...one.answers.flatMap(([status, about]) => [h("dt", { key: status }, status), h("dd", { key: about }, about)])
    ),
    ...one.schemas.map(([name, text]) => schema(name, text))
  ])

/** One group with everything that is known of its endpoints; `undefined` where there is no such group. */
export const groupPage = (operations: ReadonlyArray<Operation>, name: string, prefix: string): Page | undefined => {
  const inside = operations.filter(({ group }) => slug(group) === name)
  const [first] = inside
  return first === undefined ? undefined : {
    title: `${first.group}: API`,
    section: "/reference",
    json: "/openapi.json",
    body: [
      Blocks.head({
        title: first.group,
        answer: `${Blocks.count(inside.length, "endpoint")}.`,
        crumbs: [["API", `${prefix}/reference`]]
      }),
      ...inside.map(shown)
    ]
  }
}
