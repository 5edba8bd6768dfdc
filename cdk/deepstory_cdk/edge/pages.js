// Runs in CloudFront for everything but the API: an address of the web app that is no file is its
// page. local/gateway/site.py decides alike, and a test compares the two.
var PAGE = '/index.html';
// A page for a missing script would only confuse.
var NEVER_PAGES = ['api', 'assets'];

function handler(event) {
  var request = event.request;
  if (mayBeAPage(request.uri)) request.uri = PAGE;
  return request;
}

function mayBeAPage(uri) {
  var parts = decoded(uri).replace('/', '').split('/');
  var isHidden = parts.some((part) => part.startsWith('.'));
  return !isHidden && !parts[parts.length - 1].includes('.') && !NEVER_PAGES.includes(parts[0]);
}

function decoded(uri) {
  try {
    return decodeURIComponent(uri);
  } catch (malformed) {
    return uri;
  }
}
