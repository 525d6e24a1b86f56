/** Wrangler's default rule for data modules: a `.bin` import is the file's bytes. */
declare module "*.bin" {
	const bytes: ArrayBuffer;
	export default bytes;
}
