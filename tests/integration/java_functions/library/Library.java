package library;

/** What a jar holds. */
public class Library {
    @Override
    public String toString() {
        return "library";
    }
}
