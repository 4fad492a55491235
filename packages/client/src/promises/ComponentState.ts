/** The states of components, for the Promise client. */

/** Where a component is; `available` means that others can be built with it. */
export type ComponentState = "waiting" | "submitting" | "building" | "built" | "available" | "failed" | "canceled"
