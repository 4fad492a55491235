/** How releases are made. */
import * as Setting from "../Setting.ts"

export const settings = {
  referenceData: Setting.optionalText("ORCH_REFERENCE_DATA", {
    about:
      "Where other distributions have packages, for plans of releases: root of a service (beholder), or a JSON file with "
      + "its answers by distribution."
  })
}

export interface Values extends Setting.Values<typeof settings> {}
