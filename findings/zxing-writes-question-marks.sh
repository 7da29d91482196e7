#!/usr/bin/env bash
# A QR code with a Korean name says "??".
#
# ZXing (core 3.5.3, Java) makes QR codes of a text. One would expect Korean to go as UTF-8,
# as it does with other makers of codes, or else to be refused, as ZXing does for a Data
# Matrix: "Message contains characters outside ISO-8859-1 encoding". Its QR codes are
# ISO-8859-1 as well unless a hint says otherwise, and what that does not have becomes
# a question mark without a word: a link keeps its host and loses the name at its end.
set -euo pipefail
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.google.zxing</groupId><artifactId>javase</artifactId><version>3.5.3</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib >mvn.log
cat > Codes.java <<'JAVA'
import com.google.zxing.*;
import com.google.zxing.client.j2se.*;
import com.google.zxing.common.HybridBinarizer;
import java.io.PrintStream;
import java.util.Map;

class Codes {
    static String there(BarcodeFormat format, String text, Map<EncodeHintType, ?> hints) throws Exception {
        try {
            var image = MatrixToImageWriter.toBufferedImage(new MultiFormatWriter().encode(text, format, 300, 300, hints));
            return new MultiFormatReader().decode(new BinaryBitmap(new HybridBinarizer(new BufferedImageLuminanceSource(image)))).getText();
        } catch (IllegalArgumentException refused) {
            return refused.getMessage();
        }
    }

    public static void main(String[] args) throws Exception {
        var out = new PrintStream(System.out, true, "UTF-8");
        for (var text : new String[] {"하나", "https://example.com/하나"}) {
            out.println("QR code: " + there(BarcodeFormat.QR_CODE, text, Map.of()));
            out.println("QR code, UTF-8 asked for: " + there(BarcodeFormat.QR_CODE, text, Map.of(EncodeHintType.CHARACTER_SET, "UTF-8")));
            out.println("Data Matrix: " + there(BarcodeFormat.DATA_MATRIX, text, Map.of()));
        }
    }
}
JAVA
java -Dfile.encoding=UTF-8 -cp 'lib/*' Codes.java | tee seen
[ "$(cat seen)" = 'QR code: ??
QR code, UTF-8 asked for: 하나
Data Matrix: Message contains characters outside ISO-8859-1 encoding.
QR code: https://example.com/??
QR code, UTF-8 asked for: https://example.com/하나
Data Matrix: Message contains characters outside ISO-8859-1 encoding.' ]
echo 'as found'
