// Runs in CloudFront for the API where there is a firewall: tells it whose request it is, by what
// one connection is given, for every address of an IPv6 network is at its owner's choice.
function handler(event) {
  var request = event.request;
  request.headers['x-viewer-network'] = { value: network(event.viewer.ip) };
  return request;
}

function network(address) {
  if (!address.includes(':')) return address;
  var halves = address.split('::');
  var groups = halves[0] === '' ? [] : halves[0].split(':');
  if (halves.length === 2) {
    var after = halves[1] === '' ? [] : halves[1].split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups = groups.concat(after);
  }
  return groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':');
}
