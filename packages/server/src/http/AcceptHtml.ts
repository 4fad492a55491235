/** Whether it is a browser that asks for a page. */

/** Whether `Accept` names HTML; what names everything, as programs do, is none. */
export const isNamed = (accept: string | undefined): boolean =>
  accept !== undefined && accept.split(",").some((one) => {
    const [type = "", ...parameters] = one.split(";").map((part) => part.trim().toLowerCase())
    return type === "text/html" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
