import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const documents = fileURLToPath(new URL("../../docs/", import.meta.url));

/** The documents stand outside this package, so what is made of them would look for Vue in vain: they find this package's. */
export const vueOfSite: Plugin = {
	name: "vue-of-site",
	enforce: "pre",
	resolveId(source, importer, { ssr = false }) {
		if (!/^vue(?:$|\/)/u.test(source)) return null;
		// The pages' HTML is rendered by Node from a folder of this package, where Node finds Vue by itself.
		if (ssr) return { id: source, external: true };
		return importer?.startsWith(documents) === true
			? this.resolve(source, fileURLToPath(import.meta.url), { skipSelf: true })
			: null;
	},
};
