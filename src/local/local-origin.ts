/**
 * A stand-in for the large model's server on a laptop: a Worker that speaks the OpenAI API and answers with the larger
 * models of this folder. Beside it, on the same port, stands Cloudflare's REST API for the edge models.
 */
import { createCatalogue } from "./models/catalogue.ts";
import { type LocalOriginEnv, serveLocalOrigin } from "./origin/routes.ts";
import { bundledWeights } from "./weights/index.ts";

const find = createCatalogue(bundledWeights);

export default {
	fetch: (request: Request, env: LocalOriginEnv): Promise<Response> => serveLocalOrigin(find, request, env),
};
