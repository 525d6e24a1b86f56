import { writeFileSync } from "node:fs";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { adminReference } from "./admin-reference.ts";

/** `npm run docs:reference`. */
writeFileSync("docs/admin-reference.md", adminReference(openApiDocument(ADMIN_ROUTES)));
