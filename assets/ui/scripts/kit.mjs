/** A vite plugin: `/_kit` shows every component in each of its states. Only while developing; no build has it. */
export function kit() {
  return {
    name: "kit",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (/^\/_kit(?:[?#]|$)/.test(request.url ?? "")) request.url = request.url.replace("/_kit", "/kit.html");
        next();
      });
    },
  };
}
