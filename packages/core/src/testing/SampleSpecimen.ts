/** The sample life for the contract suites. */
import * as Contract from "./Contract.ts"
import type { Specimen } from "./ProcessSpecimen.ts"
import type { ErrandEvent, SampleLife } from "./SampleLife.ts"
import { sampleLife } from "./SampleLife.ts"

const at = 1_700_000_000_000

const asked = (id: number, items: ReadonlyArray<string>): ErrandEvent => ({
  _tag: "Asked",
  at: at + 1,
  tickets: Object.fromEntries(items.map((item) => [item, `ticket-${id}-${item}`]))
})

/** Items are the parts; a reminder is what changes an errand again and again. */
export const sampleSpecimen: Specimen<SampleLife> = {
  life: sampleLife,
  subject: (id) => `errand/${id}`,
  plan: (items) => ({ name: Contract.unique("errand"), items }),
  submitted: { _tag: "Submitted", at },
  begin: (id, items) => [asked(id, items)],
  end: (_, item) => ({ _tag: "Arrived", at: at + 2, item }),
  stale: asked(0, ["late"]),
  again: { reach: () => [], event: (n) => ({ _tag: "Reminded", at: at + 10 + n }) },
  gone: { _tag: "CancelRequested", at: at + 9, by: "bob" },
  back: { _tag: "ResumeRequested", at: at + 11, by: "bob" },
  beside: (wanted) => [{ ...wanted, name: `${wanted.name} too` }],
  rich: () => ({
    plan: { name: `${Contract.unique("errand")} "quoted" \\ 𝄞\n`, items: ["zeta", "alpha", "ström"] },
    events: (id) => [
      asked(id, ["zeta", "alpha", "ström"]),
      { _tag: "Arrived", at: at + 2, item: "ström" },
      { _tag: "CommandRejected", at: at + 3, command: "Remind", reason: "line 1\nline 2 € 𝄞" }
    ]
  }),
  text: (_, text) => ({
    events: [{ _tag: "CommandRejected", at: at + 3, command: "Remind", reason: text }],
    read: ({ reason }) => [reason]
  }),
  commands: [{ _tag: "Ask", items: ["ä \"quoted\"", ""] }, { _tag: "Remind", tickets: ["1", "ü"] }]
}
