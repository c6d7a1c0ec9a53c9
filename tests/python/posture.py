"""What sslyze finds at a server: its host and port in, one line of JSON out."""

import json
import sys

from sslyze import ScanCommand, Scanner, ServerNetworkConfiguration, ServerNetworkLocation, ServerScanRequest

OLD = ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"]
NEW = ["tls_1_2", "tls_1_3"]
COMMANDS = {
    *(ScanCommand[f"{version.upper()}_CIPHER_SUITES"] for version in OLD + NEW),
    ScanCommand.TLS_COMPRESSION,
    ScanCommand.SESSION_RENEGOTIATION,
    ScanCommand.HEARTBLEED,
    ScanCommand.OPENSSL_CCS_INJECTION,
}

host, port = sys.argv[1].rsplit(":", 1)
scanner = Scanner()
place = ServerNetworkLocation(hostname="localhost", ip_address=host, port=int(port))
# Its own limit of 5 s is for fast machines.
patient = ServerNetworkConfiguration(tls_server_name_indication="localhost", network_timeout=45)
scanner.queue_scans([ServerScanRequest(server_location=place, network_configuration=patient, scan_commands=COMMANDS)])
(scan,) = scanner.get_results()
found = scan.scan_result


def ciphers(version):
    result = getattr(found, f"{version}_cipher_suites").result
    return [suite.cipher_suite.name for suite in result.accepted_cipher_suites]


json.dump(
    {
        "old": sum((ciphers(version) for version in OLD), []),
        "new": {version: ciphers(version) for version in NEW},
        "compression": found.tls_compression.result.supports_compression,
        "renegotiation": found.session_renegotiation.result.is_vulnerable_to_client_renegotiation_dos,
        "heartbleed": found.heartbleed.result.is_vulnerable_to_heartbleed,
        "ccs": found.openssl_ccs_injection.result.is_vulnerable_to_ccs_injection,
    },
    sys.stdout,
)
