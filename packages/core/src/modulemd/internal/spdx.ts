/**
 * SPDX licence expressions (specification 2.3, annex D), with the identifiers met in distributions; `LicenseRef-` covers
 * the rest. The list is for advice, not for law.
 */

const identifiers = new Set(
  (`0BSD AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 AGPL-1.0-only AGPL-1.0-or-later AGPL-3.0-only AGPL-3.0-or-later
  Apache-1.0 Apache-1.1 Apache-2.0 APSL-1.0 APSL-2.0 Artistic-1.0 Artistic-1.0-Perl Artistic-1.0-cl8 Artistic-2.0 Beerware
  BlueOak-1.0.0 Boehm-GC BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-2-Clause-Views BSD-3-Clause
  BSD-3-Clause-Attribution BSD-3-Clause-Clear BSD-3-Clause-LBNL BSD-3-Clause-Modification BSD-4-Clause BSD-4-Clause-UC
  BSD-Protection BSD-Source-Code BSL-1.0 bzip2-1.0.6 CAL-1.0 CC-BY-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0
  CC-BY-SA-2.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC-PDDC CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.0 CECILL-2.1 CECILL-B CECILL-C
  ClArtistic CPAL-1.0 CPL-1.0 curl dtoa ECL-2.0 EFL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 FSFAP FSFUL FSFULLR FSFULLRWD FTL
  GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2-only GFDL-1.2-or-later GFDL-1.3-only GFDL-1.3-or-later GPL-1.0-only
  GPL-1.0-or-later GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later HPND HPND-sell-variant IBM-pibs ICU IJG
  ImageMagick Info-ZIP Intel IPA IPL-1.0 ISC ISC-Veillard JasPer-2.0 LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1-only
  LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later Libpng libpng-2.0 libtiff LPL-1.02 LPPL-1.3a LPPL-1.3c Minpack MirOS MIT
  MIT-0 MIT-advertising MIT-CMU MIT-enna MIT-feh MIT-Modern-Variant MIT-open-group mpich2 MPL-1.0 MPL-1.1 MPL-2.0
  MPL-2.0-no-copyleft-exception MS-PL MS-RL MulanPSL-2.0 NAIST-2003 NBPL-1.0 NCSA Net-SNMP NetCDF NTP OFL-1.0 OFL-1.1
  OFL-1.1-RFN OGL-UK-3.0 OLDAP-2.8 OpenSSL OSL-1.0 OSL-2.0 OSL-2.1 OSL-3.0 PDDL-1.0 PHP-3.0 PHP-3.01 Plexus PostgreSQL
  PSF-2.0 Python-2.0 Python-2.0.1 Qhull QPL-1.0 RSA-MD Ruby SAX-PD SGI-B-2.0 SISSL Sleepycat SMLNJ snprintf SPL-1.0
  SSH-OpenSSH SSH-short SunPro TCL TCP-wrappers TMate TOSL TU-Berlin-1.0 Unicode-3.0 Unicode-DFS-2015 Unicode-DFS-2016
  Unicode-TOU Unlicense UPL-1.0 Vim VSL-1.0 W3C W3C-19980720 WTFPL X11 X11-distribute-modifications-variant Xerox XFree86-1.1
  xinetd xpp Zend-2.0 Zlib zlib-acknowledgement ZPL-2.0 ZPL-2.1`).split(/\s+/).map((name) => name.toLowerCase())
)

/** Whether the text is an expression of known identifiers with AND, OR, WITH and parentheses. */
export const isExpression = (text: string): boolean => {
  const tokens = text.match(/\(|\)|[^\s()]+/g) ?? []
  let depth = 0
  let wantsOperand = true
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    if (wantsOperand) {
      if (token === "(") depth++
      else if (isIdentifier(token)) wantsOperand = false
      else return false
    } else if (token === ")") {
      if (--depth < 0) return false
    } else if (/^with$/i.test(token)) {
      const exception = tokens[++i]
      if (exception === undefined || !/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(exception)) return false
    } else if (/^(?:and|or)$/i.test(token)) wantsOperand = true
    else return false
  }
  return !wantsOperand && depth === 0
}

const isIdentifier = (token: string): boolean =>
  /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/.test(token) ||
  identifiers.has(token.toLowerCase().replace(/\+$/, ""))
