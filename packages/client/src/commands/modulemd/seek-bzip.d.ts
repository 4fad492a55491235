declare module "seek-bzip" {
  const bunzip: { readonly decode: (input: Buffer) => Buffer }
  export default bunzip
}
