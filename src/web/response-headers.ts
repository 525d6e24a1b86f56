/**
 * On every reply of the Worker, whatever its path and status: not to be kept, taken for another type, framed, run, or
 * read by a page of another site (OWASP's REST Security Cheat Sheet and Secure Headers Project). There is no CORS header,
 * so browsers show no reply to pages of other sites; `cross-origin-resource-policy` keeps it out of their processes too.
 * Browsers heed `strict-transport-security` only over TLS, so it changes nothing on a laptop.
 */
export const STRICT_HEADERS = {
	"cache-control": "no-store",
	"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
	"cross-origin-resource-policy": "same-origin",
	"referrer-policy": "no-referrer",
	"strict-transport-security": "max-age=31536000",
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
} as const;
