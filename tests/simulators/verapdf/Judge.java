import java.io.FileInputStream;
import java.util.Set;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Judges each file as PDF/A-3b and as PDF/UA-1; run with the engine of veraPDF on the class path. */
public class Judge {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean allCompliant = true;
        for (String file : files) {
            for (String standard : new String[] {"3b", "ua1"}) {
                allCompliant &= judge(file, PDFAFlavour.fromString(standard));
            }
        }
        System.exit(allCompliant ? 0 : 1);
    }

    private static boolean judge(String file, PDFAFlavour flavour) throws Exception {
        try (FileInputStream stream = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(stream, flavour)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false);
            ValidationResult result = validator.validate(parser);
            System.out.println(
                    file + " " + flavour + " compliant=" + result.isCompliant()
                            + " assertions=" + result.getTotalAssertions());
            Set<String> faults = new TreeSet<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    faults.add(
                            assertion.getRuleId().getClause() + "-"
                                    + assertion.getRuleId().getTestNumber() + " "
                                    + assertion.getMessage());
                }
            }
            faults.forEach(fault -> System.out.println("   " + fault));
            return result.isCompliant();
        }
    }
}
