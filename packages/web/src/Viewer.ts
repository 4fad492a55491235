/** Who looks at a page, as far as pages have to know. */

/** Who looks. */
export interface Viewer {
  /** `undefined` for somebody who is not signed in; on a server that asks nobody who they are, everybody is `anonymous`. */
  readonly name: string | undefined
  /** Whether they may administer this server. */
  readonly isAdministrator: boolean
  /** Whether changes can be asked for from pages: by who is signed in, or by everybody where nobody is asked who they are. */
  readonly mayAct: boolean
  /** What proves that a form or script is of a page of ours; `undefined` without a session. */
  readonly proof: string | undefined
  /** Whether this server lets people sign in with a browser. */
  readonly canSignIn: boolean
}

/** Somebody of whom nothing is known, on a server without sign-in. */
export const stranger: Viewer = {
  name: undefined,
  isAdministrator: false,
  mayAct: false,
  proof: undefined,
  canSignIn: false
}
