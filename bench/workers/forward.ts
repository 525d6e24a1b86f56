/** The floor: passes the request on and the answer back, untouched. */
export default {
	fetch(request: Request, env: { readonly ORIGIN_URL: string }): Promise<Response> {
		return fetch(`${env.ORIGIN_URL}/chat/completions`, request);
	},
};
