// Renders /openapi.json. Requests sent from this page go to the same origin, as those of the portal.
"use strict";

SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("reference"),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // A receipt or a token typed here must not outlive the page.
  persistAuthorization: false,
  // No document of ours is checked by somebody else's server.
  validatorUrl: null,
});
