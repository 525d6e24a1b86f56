export { parseOriginUrl } from "../web/origin-url.ts";
