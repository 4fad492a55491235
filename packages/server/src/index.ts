/** The server as a part of other programs. */
export { type Options, serve, type Served, StartFailed } from "./Serve.ts"
